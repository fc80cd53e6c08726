import core = require('@pass-dcr/core');
import expressAdapter = require('@pass-dcr/express');
import fastifyAdapter = require('@pass-dcr/fastify');
import koaAdapter = require('@pass-dcr/koa');
import nestAdapter = require('@pass-dcr/nest');
import type { PassClient } from '@pass-dcr/core';

export function clients(request: Parameters<typeof expressAdapter.getPass>[0]): PassClient[] {
  return [expressAdapter.getPass(request), request.pass];
}
export const loaded: object[] = [core, expressAdapter, fastifyAdapter, koaAdapter, nestAdapter];
