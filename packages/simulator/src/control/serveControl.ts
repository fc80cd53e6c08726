import type { IncomingMessage, ServerResponse } from 'node:http';

import { readBody } from '../http/readBody.js';
import { jsonReply, textReply, type Reply } from '../http/reply.js';
import { sendReply } from '../http/sendReply.js';
import { SimulatorError } from '../ground/simulatorError.js';
import type { World } from '../world.js';
import { controlRoutes } from '../verbs/verbs.js';
import { guardControl } from './guardControl.js';
import { members, type Members } from '../ground/input.js';

const prefix = '/__simulator/';
const maxBodyBytes = 1024 * 1024;

export function isControlPath(pathname: string): boolean {
  return pathname.startsWith(prefix);
}

/** The control API. Its requests are not throttled and not in the ledger. */
export async function serveControl(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  world: World,
): Promise<void> {
  const reply = await answer(request, url, world);
  await sendReply(
    response,
    { ...reply, headers: { ...reply.headers, 'cache-control': 'no-store' } },
    { dateMs: Date.now(), signal: world.closing.signal },
  );
}

async function answer(request: IncomingMessage, url: URL, world: World): Promise<Reply> {
  const verdict = guardControl(request.method, request.headers, world.options.controlToken);
  if (verdict.kind === 'refused') return textReply(verdict.status, verdict.reason, { connection: 'close' });
  const name = url.pathname.slice(prefix.length);
  const route = controlRoutes.find(({ method, path }) => method === request.method && path === name);
  if (route === undefined)
    return textReply(404, `no ${request.method} ${prefix}… of that name`, { connection: 'close' });
  try {
    const input = request.method === 'POST' ? await readInput(request) : Object.fromEntries(url.searchParams);
    return jsonReply(200, await route.answer(world, input));
  } catch (error) {
    if (!(error instanceof SimulatorError)) throw error;
    return jsonReply(400, { error: error.code, message: error.message });
  }
}

async function readInput(request: IncomingMessage): Promise<Members> {
  const reading = await readBody(request, maxBodyBytes);
  if (reading.kind !== 'read') throw new SimulatorError('invalid_argument', 'the body is too large');
  return members('the body', parseJson(reading.body));
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    // The original message quotes its input.
    throw new SimulatorError('invalid_argument', 'the body is not JSON');
  }
}
