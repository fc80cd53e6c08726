import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';

import type { EndpointName } from '../ground/endpointName.js';
import type { LedgerEntry, LedgerStatus } from '../ledger/ledger.js';
import { throttleKey } from '../throttle/throttleKey.js';
import type { World } from '../world.js';
import { describeRequest, optional, readFacts, type RequestFacts } from './describeRequest.js';
import { isThrottledPath, type Route } from './findRoute.js';

/** A request from its arrival on: what is known without its body, and its entry in the ledger. */
export interface Visit {
  readonly url: URL;
  readonly arrivedAt: number;
  readonly facts: RequestFacts;
  readonly route: Route;
  readonly endpointName: EndpointName;
  readonly throttled: boolean;
  readonly note: (notes: Partial<LedgerEntry>) => void;
  /** Says what became of it. */
  readonly settle: (status: LedgerStatus) => void;
}

/** The throttle is a gateway in front, so it decides before anything else is looked at. */
export function arrive(request: IncomingMessage, url: URL, world: World, route: Route): Visit {
  const { clock, ledger, options, throttle } = world;
  const startedAt = performance.now();
  const arrivedAt = clock.now();
  const facts = readFacts(request);
  const endpointName = route.kind === 'notFound' ? 'other' : route.name;
  const sequence = ledger.open({
    at: arrivedAt,
    endpoint: endpointName,
    ...optional('serviceProvider', route.kind === 'notFound' ? undefined : route.params['serviceProvider']),
    ...describeRequest(request, url, facts),
  });
  const note = (notes: Partial<LedgerEntry>): void => ledger.note(sequence, notes);
  const key = isThrottledPath(url.pathname)
    ? throttleKey(options.throttle, { forwardedFor: facts.forwardedForChain, peer: facts.peer })
    : undefined;
  const throttled = key !== undefined && !throttle.admit(key, arrivedAt);
  note({ throttled });
  const settle = (status: LedgerStatus): void => note({ status, durationMs: performance.now() - startedAt });
  return { url, arrivedAt, facts, route, endpointName, throttled, note, settle };
}
