import type { IncomingMessage, ServerResponse } from 'node:http';

import type { FaultEffect } from '../faults/fault.js';
import { tooManyRequests } from './tooManyRequests.js';
import type { World } from '../world.js';
import { carryOut } from './carryOut.js';
import { judgeOrigin, type OriginVerdict } from '../http/crossOrigin.js';
import type { Call, Endpoints } from '../http/endpoint.js';
import { readBody } from '../http/readBody.js';
import { textReply, type Reply } from '../http/reply.js';
import { sendReply } from '../http/sendReply.js';
import { findRoute } from './findRoute.js';
import { arrive, type Visit } from './visit.js';

const maxBodyBytes = 256 * 1024;

/** One request to a simulated endpoint: throttle, then fault, then endpoint, with every step in the ledger. */
export async function serveSimulated(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  world: World,
  endpoints: Endpoints,
): Promise<void> {
  const method = request.method ?? '';
  const route = findRoute(endpoints, method, url.pathname);
  const origin = judgeOrigin({
    method,
    headers: request.headers,
    isPage: route.kind !== 'notFound' && route.endpoint.errors === 'page',
    cors: world.options.cors,
  });
  if (origin.kind !== 'allowed') return turnAway(response, world, origin);
  const visit = arrive(request, url, world, route);

  const answer = async (reply: Reply, effect: FaultEffect = {}): Promise<void> => {
    if (response.destroyed || request.socket.destroyed) return visit.settle('aborted');
    // Before the answer goes out, so that whoever has the answer also finds the entry.
    visit.note({ ...reply.notes });
    visit.settle(reply.status);
    const dateMs = world.clock.now() + (effect.dateSkewMs ?? 0);
    await sendReply(
      response,
      { ...reply, headers: { ...reply.headers, ...origin.headers } },
      {
        dateMs,
        bytesPerSecond: effect.slowBodyBytesPerSecond,
        signal: world.closing.signal,
      },
    );
  };

  const reading = await readBody(request, maxBodyBytes);
  if (reading.kind === 'aborted') return visit.settle('aborted');
  // What the gateway refuses reaches neither the service nor its faults.
  if (visit.throttled) return answer(tooManyRequests());
  if (reading.kind === 'tooLarge')
    return answer(textReply(413, 'the body is too large', { connection: 'close' }));

  const outcome = await carryOut(callOf(request, reading.body, visit), visit, world);
  switch (outcome.kind) {
    case 'answer':
      return answer(outcome.reply, outcome.effect);
    case 'drop':
      visit.note({ ...outcome.notes });
      visit.settle('dropped');
      request.socket.destroy();
  }
}

/** It is neither the service that answers here nor its gateway, so nothing of it is counted. */
async function turnAway(
  response: ServerResponse,
  { clock, closing }: World,
  origin: Exclude<OriginVerdict, { kind: 'allowed' }>,
): Promise<void> {
  const reply: Reply =
    origin.kind === 'preflight'
      ? { status: 204, headers: origin.headers, body: '' }
      : textReply(403, 'a page of another site may not call the simulator; see the option cors', {
          connection: 'close',
        });
  await sendReply(response, reply, { dateMs: clock.now(), signal: closing.signal });
}

function callOf(request: IncomingMessage, body: string, { arrivedAt, facts, route, url }: Visit): Call {
  const { forwardedFor, peer, device, accessToken } = facts;
  return {
    method: request.method ?? '',
    params: route.kind === 'notFound' ? {} : route.params,
    query: url.searchParams,
    headers: request.headers,
    body,
    forwardedFor,
    peer,
    device,
    accessToken,
    now: arrivedAt,
    shownNow: arrivedAt,
  };
}
