import { Seeded } from '@pass-dcr/seeded';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createPassWith } from '../../src/createPassWith.js';
import {
  TransportFailure,
  type Transport,
  type UpstreamRequest,
  type UpstreamResponse,
} from '../../src/http/Transport.js';
import { ExchangePlaces } from '../../src/http/ExchangePlaces.js';
import type { PassLimits } from '../../src/options.js';
import type { Pass } from '../../src/Pass.js';
import type { TimingChanges } from '../../src/testing/timingWith.js';
import { defaultTiming, type Timing } from '../../src/timing.js';
import { fleet } from '../schedules/fleet.js';
import { callKind, type ModelAdobe } from './ModelAdobe.js';
import type { VirtualTime } from './VirtualTime.js';

/** Some durations and limits, each in its group; values too that no server may run with. */
export type Changes = TimingChanges;

export interface ProcessParts {
  readonly time: VirtualTime;
  readonly cache: PassCache;
  /** Where its way leads: not the same for all, when somebody's network is wrong. */
  readonly adobe: () => ModelAdobe;
  readonly changes: Changes;
  readonly limits: PassLimits;
  readonly closeGraceMs?: number | undefined;
}

/** One process of the fleet, as it runs in production but for its time, its store and its wire. */
export function startProcess(index: number, parts: ProcessParts): Pass {
  const { time, cache, adobe, changes, limits, closeGraceMs } = parts;
  const random = new Seeded(index + 1);
  return createPassWith(
    { ...fleet, cache, limits, closeGraceMs },
    {
      clock: time,
      random: () => random.next(),
      timing: changed(changes),
      transport: wire(index, time, adobe),
    },
  );
}

function changed(changes: Changes): Timing {
  const groups = Object.entries(defaultTiming).map(([group, values]) => [
    group,
    { ...values, ...changes[group as keyof Timing] },
  ]);
  return Object.fromEntries(groups) as Timing;
}

function wire(index: number, time: VirtualTime, adobe: () => ModelAdobe): Transport {
  const timeoutMs = defaultTiming.machine.upstreamTimeoutMs;
  const { concurrentExchanges, keptForTokens } = defaultTiming.upstream;
  const places = new ExchangePlaces(concurrentExchanges, keptForTokens);
  return {
    async send(request) {
      const requestedAt = time.now();
      const leave = await enter(places, request);
      const answer = await exchange(request).finally(leave);
      return { ...answer, requestedAt };
    },
    async close() {},
  };

  async function exchange(request: UpstreamRequest): Promise<Omit<UpstreamResponse, 'requestedAt'>> {
    const ms = adobe().latencyMs[callKind(request)];
    if (ms >= timeoutMs) {
      await time.sleep(timeoutMs);
      throw new TransportFailure('timeout', true, 'no complete answer');
    }
    await time.sleep(ms / 2);
    const { status, body } = adobe().answer(request, index);
    await time.sleep(ms / 2);
    const headers = { 'content-type': 'application/json;charset=utf-8' };
    return { status, headers, body: Buffer.from(JSON.stringify(body)) };
  }
}

/** Resolves with what gives the place back. */
async function enter(places: ExchangePlaces, { headers }: UpstreamRequest): Promise<() => void> {
  let leave: () => void = () => undefined;
  await new Promise<void>((resolve) => {
    leave = places.enter(headers['authorization'] !== undefined, resolve);
  });
  return leave;
}
