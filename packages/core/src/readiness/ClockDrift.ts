import { responseHeader } from '../http/responseHeader.js';
import { parseHttpDate } from '../http/retryAfter.js';
import type { UpstreamResponse } from '../http/Transport.js';
import type { PassFinding } from '../Pass.js';
import type { Timing } from '../timing.js';

/** `Date` has whole seconds. */
const resolutionMs = 1_000;

/** How far this clock may be ahead of the other, as one answer tells; negative: behind. */
interface Bounds {
  readonly leastMs: number;
  readonly mostMs: number;
  readonly at: number;
}

/**
 * What the `Date` of Adobe's answers says of this server's clock. It was written at some time between the request and its
 * answer, so the quickest answer tells most. Those that contradict it are of a clock that has been set meanwhile.
 */
export class ClockDrift {
  readonly #timing: Timing['readiness'];
  #known: Bounds | null = null;
  /** The first that contradicts what is known. */
  #other: Bounds | null = null;

  constructor(timing: Timing['readiness']) {
    this.#timing = timing;
  }

  observe(response: UpstreamResponse, receivedAt: number): void {
    const { requestedAt } = response;
    const sentAt = parseHttpDate(responseHeader(response, 'date'));
    // A cache on the way repeats the date of an answer that it has kept.
    if (sentAt === null || receivedAt < requestedAt || responseHeader(response, 'age') !== undefined) return;
    const told = {
      leastMs: requestedAt - sentAt - resolutionMs,
      mostMs: receivedAt - sentAt,
      at: receivedAt,
    };
    const known = this.#known;
    if (known === null || agree(known, told)) {
      this.#other = null;
      const isBetter =
        known === null || widthOf(told) <= widthOf(known) || receivedAt - known.at > this.#timing.driftKeptMs;
      if (isBetter) this.#known = told;
    } else if (this.#other === null || !agree(this.#other, told)) {
      this.#other = told;
    } else if (receivedAt - this.#other.at >= this.#timing.driftConfirmedAfterMs) {
      this.#known = told;
      this.#other = null;
    }
  }

  findings(): readonly PassFinding[] {
    const { leastMs, mostMs } = this.#known ?? { leastMs: 0, mostMs: 0 };
    // The least that is certain.
    const aheadMs = leastMs > 0 ? leastMs : Math.min(mostMs, 0);
    const driftMs = Math.abs(aheadMs);
    if (driftMs <= this.#timing.driftWarningMs) return [];
    const how = `${Math.round(driftMs / 1_000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
    const message = `The clock of this server is ${how} Adobe's: synchronise it, for instance by NTP.`;
    return [
      { level: driftMs > this.#timing.driftErrorMs ? 'error' : 'warning', code: 'clock_drift', message },
    ];
  }
}

function agree(one: Bounds, other: Bounds): boolean {
  return one.leastMs <= other.mostMs && other.leastMs <= one.mostMs;
}

function widthOf({ leastMs, mostMs }: Bounds): number {
  return mostMs - leastMs;
}
