import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { compileFunction } from 'node:vm';
import { deviceFromHeaders, type Pass } from '@pass-dcr/core';
import { passOf, startSimulator, tv } from '@pass-dcr/test-kit';
import express from 'express';
import express4 from 'express4';
import { expect, it, vi } from 'vitest';
import { passErrorHandler, passMiddleware } from '../src/index.js';
import { ask, serve } from './serve.js';

/** The code below a heading of the README, which its readers copy. */
function codeBelow(heading: string, of = '../README.md'): string {
  const readme = readFileSync(new URL(of, import.meta.url), 'utf8');
  const [, section = ''] = readme.split(`# ${heading}\n`);
  const [, code] = /^```js\n(.*?)^```$/ms.exec(section) ?? [];
  if (code === undefined) throw new Error(`There is no code below ${heading}.`);
  return code;
}

it('on Express 4, the route of the README answers what its client fails with, and the process lives', async () => {
  const simulator = await startSimulator();
  const app = express4();
  app.use(passMiddleware(passOf(simulator), { device: deviceFromHeaders() }));
  (compileFunction(codeBelow('Express 4'), ['app']) as (app: express.Express) => void)(app);
  app.use(passErrorHandler());
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', listen);
  try {
    const served = await serve(app);
    expect(await ask(served, '/api/me')).toMatchObject({ status: 400, json: { code: 'device_missing' } });
    expect(await ask(served, '/api/me', { headers: tv })).toMatchObject({ status: 200, json: [] });
    simulator.fault({ endpoint: 'profiles', count: Infinity, effect: { status: 503 } });
    expect(await ask(served, '/api/me', { headers: tv })).toMatchObject({
      status: 502,
      json: { code: 'upstream_unavailable' },
    });
    await setImmediate();
  } finally {
    process.off('unhandledRejection', listen);
  }
  expect(unhandled).toEqual([]);
});

it("the README's way to shut down answers the request that runs, turns nobody away with 503, and ends", async () => {
  const simulator = await startSimulator();
  const pass = passOf(simulator);
  const app = express();
  app.use(passMiddleware(pass, { device: deviceFromHeaders() }));
  app.get('/api/me', (req, res, next) => {
    req.pass.profiles.all().then((profiles) => res.json(profiles), next);
  });
  app.use(passErrorHandler());
  const signals = new EventEmitter();
  const ended: string[] = [];
  const closing = { close: async () => void ended.push('pass', String(await pass.close())) };
  const cache = { close: () => void ended.push('cache') };
  let server: Server | undefined;
  const listening = { listen: () => (server = app.listen(0, '127.0.0.1')) };
  const run = compileFunction(codeBelow('Shutting down'), ['app', 'process', 'pass', 'cache']) as (
    ...parts: [typeof listening, EventEmitter, { close: Pass['close'] }, typeof cache]
  ) => void;
  run(listening, signals, closing, cache);
  if (server === undefined) throw new Error('The code does not listen.');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  simulator.fault({ endpoint: 'profiles', effect: { delayMs: 200 } });
  const agent = new Agent({ keepAlive: true });
  const sent = httpRequest({ host: '127.0.0.1', port, path: '/api/me', headers: tv, agent }).end();
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  await vi.waitFor(() => expect(simulator.ledger.count({ endpoint: 'profiles' })).toBe(1));
  signals.emit('SIGTERM');
  await expect(ask({ port, url: '' }, '/api/me', { headers: tv })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
  const [response] = await answered;
  expect([response.statusCode, ended]).toEqual([200, []]);
  response.resume();
  agent.destroy();
  await vi.waitFor(() => expect(ended).toEqual(['pass', 'undefined', 'cache']));
});

it("is the way of Koa's README, too", () => {
  expect(codeBelow('Shutting down', '../../koa/README.md')).toBe(codeBelow('Shutting down'));
});
