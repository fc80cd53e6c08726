import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import type { Reply } from './reply.js';

export interface SendOptions {
  /** For the `Date` header, simulated epoch milliseconds. */
  readonly dateMs: number;
  /** Default: at once. */
  readonly bytesPerSecond?: number | undefined;
  readonly signal: AbortSignal;
}

export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  { dateMs, bytesPerSecond, signal }: SendOptions,
): Promise<void> {
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  response.sendDate = false;
  response.setHeader('date', new Date(dateMs).toUTCString());
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
  response.setHeader('content-length', body.length);
  response.writeHead(reply.status);
  if (bytesPerSecond === undefined) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  const intervalMs = Math.max(20, 1000 / bytesPerSecond);
  const chunkBytes = Math.max(1, Math.round((bytesPerSecond * intervalMs) / 1000));
  for (let sent = 0; sent < body.length && !response.destroyed; sent += chunkBytes) {
    await delay(intervalMs, undefined, { signal });
    response.write(body.subarray(sent, sent + chunkBytes));
  }
  response.end();
}
