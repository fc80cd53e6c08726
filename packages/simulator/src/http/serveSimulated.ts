import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { endpoints } from '../endpoints.js';
import { delayOf, disguise, isProcessed } from '../faults/applyFault.js';
import type { FaultEffect } from '../faults/fault.js';
import type { LedgerStatus } from '../ledger/ledger.js';
import { throttleKey } from '../throttle/throttleKey.js';
import { tooManyRequests } from '../throttle/tooManyRequests.js';
import type { World } from '../world.js';
import { describeRequest, optional, readFacts, type RequestFacts } from './describeRequest.js';
import type { Call } from './endpoint.js';
import { findRoute, isThrottledPath, type Route } from './findRoute.js';
import { readBody } from './readBody.js';
import { textReply, type Reply } from './reply.js';
import { sendReply } from './sendReply.js';

const maxBodyBytes = 256 * 1024;
const noFault: FaultEffect = {};

/** One request to a simulated endpoint: throttle, then fault, then endpoint, with every step in the ledger. */
export async function serveSimulated(request: IncomingMessage, response: ServerResponse, url: URL, world: World): Promise<void> {
  const { clock, ledger, options } = world;
  const startedAt = performance.now();
  const arrivedAt = clock.now();
  const facts = readFacts(request);
  const route = findRoute(endpoints, request.method ?? '', url.pathname);
  const sequence = ledger.open({
    at: arrivedAt,
    endpoint: route.kind === 'notFound' ? 'other' : route.endpoint.name,
    ...(route.kind === 'notFound' ? {} : optional('serviceProvider', route.params['serviceProvider'])),
    ...describeRequest(request, url, facts),
  });

  const settle = (status: LedgerStatus): void => ledger.note(sequence, { status, durationMs: performance.now() - startedAt });
  const answer = async (reply: Reply, effect: FaultEffect = noFault): Promise<void> => {
    if (response.destroyed || request.socket.destroyed) return settle('aborted');
    // Before the answer goes out, so that whoever has the answer also finds the entry.
    settle(reply.status);
    ledger.note(sequence, { ...reply.notes });
    const dateMs = clock.now() + (effect.dateSkewMs ?? 0);
    await sendReply(response, reply, { dateMs, bytesPerSecond: effect.slowBodyBytesPerSecond, signal: world.closing.signal });
  };

  // The gateway in front decides first: what it refuses reaches neither the service nor its faults.
  const key = isThrottledPath(url.pathname) ? throttleKey(options.throttle, { forwardedFor: facts.forwardedForChain, peer: facts.peer }) : undefined;
  const throttled = key !== undefined && !world.throttle.admit(key, arrivedAt);
  if (throttled) ledger.note(sequence, { throttled });

  const reading = await readBody(request, maxBodyBytes);
  if (reading.kind === 'aborted') return settle('aborted');
  if (throttled) return answer(tooManyRequests());
  if (reading.kind === 'tooLarge') return answer(textReply(413, 'the body is too large', { connection: 'close' }));

  const call: Call = { ...callOf(request, url, route, facts), body: reading.body, now: arrivedAt, shownNow: arrivedAt };
  const clientId = route.kind === 'endpoint' && route.endpoint.clientIdOf !== undefined
    ? route.endpoint.clientIdOf(call)
    : facts.accessToken === undefined ? undefined : world.tokens.find(facts.accessToken)?.clientId;
  ledger.note(sequence, optional('clientId', clientId));

  const fault = world.faults.draw({ endpoint: route.kind === 'notFound' ? 'other' : route.endpoint.name, device: facts.device, forwardedFor: facts.forwardedFor, clientId });
  const effect = fault?.effect ?? noFault;
  if (fault !== undefined) ledger.note(sequence, { fault: fault.id });

  const delayMs = delayOf(effect.delayMs, fault?.index ?? 0) + (route.kind === 'endpoint' && route.endpoint.name === 'register' ? options.registerDelayMs : 0);
  await pause(delayMs, world);
  const now = clock.now();
  const honest = isProcessed(effect) ? process({ ...call, now, shownNow: now + (effect.dateSkewMs ?? 0) }, route, world) : undefined;
  await pause(delayOf(effect.answerDelayMs, fault?.index ?? 0), world);

  const reply = disguise(effect, route.kind === 'notFound' ? 'enhanced' : route.endpoint.errors, honest);
  if (effect.drop !== undefined || reply === undefined) {
    ledger.note(sequence, { ...reply?.notes });
    settle('dropped');
    request.socket.destroy();
    return;
  }
  await answer(reply, effect);
}

function process(call: Call, route: Route, world: World): Reply {
  switch (route.kind) {
    case 'endpoint':
      return route.endpoint.handle(call, world);
    case 'methodNotAllowed':
      return textReply(405, 'Method Not Allowed', { allow: route.allow });
    case 'notFound':
      return textReply(404, 'Not Found');
  }
}

function callOf(request: IncomingMessage, url: URL, route: Route, facts: RequestFacts): Omit<Call, 'body' | 'now' | 'shownNow'> {
  return {
    method: request.method ?? '',
    params: route.kind === 'notFound' ? {} : route.params,
    query: url.searchParams,
    headers: request.headers,
    forwardedFor: facts.forwardedFor,
    device: facts.device,
    accessToken: facts.accessToken,
  };
}

/** Real time: a test that holds the virtual clock still wants its late answers. */
async function pause(ms: number, world: World): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal: world.closing.signal });
}
