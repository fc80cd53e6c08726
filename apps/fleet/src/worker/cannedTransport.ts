import { randomBytes, randomUUID } from 'node:crypto';
import type { Transport, UpstreamResponse } from '@pass-dcr/core/testing';
import type { CannedUpstream } from './WorkerOptions.js';

/** Answers register and token calls at once, with pairs and tokens that have no other purpose than to be stored. */
export function cannedTransport({ prefix, tokenLength }: CannedUpstream): Transport {
  return {
    send({ path }) {
      const body = path.startsWith('/o/client/register') ? pair(prefix) : token(prefix, tokenLength);
      return Promise.resolve(json(body));
    },
    close: () => Promise.resolve(),
  };
}

function pair(prefix: string): object {
  return {
    client_id: `${prefix}${randomUUID()}`,
    client_secret: `${prefix}${randomUUID()}`,
    client_id_issued_at: Math.floor(Date.now() / 1_000),
    redirect_uris: [],
    grant_types: ['client_credentials'],
    scopes: ['api:client:v2'],
  };
}

function token(prefix: string, length: number): object {
  const noise = randomBytes(length).toString('base64url');
  return {
    id: randomUUID(),
    access_token: `${prefix}${noise}`.slice(0, length),
    created_at: Date.now(),
    expires_in: 21_600,
    token_type: 'bearer',
  };
}

function json(value: object): UpstreamResponse {
  return {
    status: 201,
    headers: { 'content-type': 'application/json;charset=UTF-8' },
    body: Buffer.from(JSON.stringify(value)),
    requestedAt: Date.now(),
  };
}
