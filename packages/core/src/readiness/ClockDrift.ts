import type { Clock } from '../clock.js';
import { responseHeader } from '../http/responseHeader.js';
import { parseHttpDate } from '../http/retryAfter.js';
import type { Transport, UpstreamResponse } from '../http/Transport.js';
import type { PassFinding } from '../Pass.js';

const warningMs = 30_000;
const errorMs = 5 * 60_000;
/** `Date` has whole seconds. */
const resolutionMs = 1_000;
/** Clocks drift apart: a less exact answer of now says more than an exact one of long ago. */
const keptMs = 10 * 60_000;

/** How far this clock may be ahead of the other, as one answer tells; negative: behind. */
interface Bounds {
  readonly leastMs: number;
  readonly mostMs: number;
  readonly at: number;
}

/**
 * What the `Date` of Adobe's answers says of this server's clock. It was written at some time between the request and its
 * answer, so the quickest answer tells most. One that contradicts it is of a clock that has been set meanwhile.
 */
export class ClockDrift {
  #bounds: Bounds | null = null;

  observe(response: UpstreamResponse, receivedAt: number): void {
    const { requestedAt } = response;
    const sentAt = parseHttpDate(responseHeader(response, 'date'));
    // A cache on the way repeats the date of an answer that it has kept.
    if (sentAt === null || receivedAt < requestedAt || responseHeader(response, 'age') !== undefined) return;
    const [leastMs, mostMs] = [requestedAt - sentAt - resolutionMs, receivedAt - sentAt];
    const known = this.#bounds;
    const isBetter =
      known === null ||
      mostMs - leastMs <= known.mostMs - known.leastMs ||
      Math.abs(receivedAt - known.at) > keptMs ||
      leastMs > known.mostMs ||
      mostMs < known.leastMs;
    if (isBetter) this.#bounds = { leastMs, mostMs, at: receivedAt };
  }

  findings(): readonly PassFinding[] {
    const { leastMs, mostMs } = this.#bounds ?? { leastMs: 0, mostMs: 0 };
    // The least that is certain.
    const aheadMs = leastMs > 0 ? leastMs : Math.min(mostMs, 0);
    const driftMs = Math.abs(aheadMs);
    if (driftMs <= warningMs) return [];
    const how = `${Math.round(driftMs / 1_000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
    const message = `The clock of this server is ${how} Adobe's: processes that share the cache then judge one token differently. Synchronise it, for instance by NTP.`;
    return [{ level: driftMs > errorMs ? 'error' : 'warning', code: 'clock_drift', message }];
  }
}

/** `transport`, with every answer shown to `drift`. */
export function observed(transport: Transport, clock: Clock, drift: ClockDrift): Transport {
  return {
    async send(request) {
      const response = await transport.send(request);
      drift.observe(response, clock.now());
      return response;
    },
    close: async () => await transport.close(),
  };
}
