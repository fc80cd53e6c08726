import { allOver } from '../time/allOver.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import { BackgroundTimers } from '../time/BackgroundTimers.js';
import type { Timing } from '../timing.js';
import type { Allowance } from './Allowance.js';
import type { FleetCounts, FleetTotals } from './FleetCounts.js';
import { causeIn, type Incident } from './Incident.js';
import { incidentCause, type IncidentCause } from './incidentCause.js';
import type { Probe } from './Probe.js';
import type { RefusedInFleet, RefusedPairs } from './RefusedPairs.js';
import type { Found } from '../cache/SharedRecords.js';

/** What the fleet knew at one instant. */
export interface Sight {
  readonly isIncident: boolean;
  readonly probe: Found;
  readonly isAllowed: boolean;
  readonly refused: RefusedInFleet;
  readonly totals: FleetTotals;
}

export interface FleetWatchOptions {
  readonly clock: Clock;
  readonly timing: Timing['replacement'];
  readonly incident: Incident;
  readonly probe: Probe;
  readonly allowance: Allowance;
  readonly refused: RefusedPairs;
  readonly counts: FleetCounts;
  readonly track: (work: Promise<unknown>) => void;
}

/** What an incident is judged by. */
interface Weighed {
  readonly refused: RefusedInFleet;
  readonly totals: FleetTotals;
  readonly at: number;
}

/**
 * What this process knows of the fleet's refusals, and what it tells the fleet of its own: once a second at most, however
 * many devices ask. While there is an incident it looks by itself, and says anew that there is one as long as there is a
 * cause; the many records of refused pairs it then reads and writes less often, because they decide nothing that is urgent.
 */
export class FleetWatch {
  readonly #options: FleetWatchOptions;
  readonly #timers: BackgroundTimers;
  #last: { readonly sight: Sight; readonly at: number } | null = null;
  #weighed: Weighed | null = null;
  #looking: Promise<Sight> | null = null;
  /** The look that began last; what is forgotten or overtaken meanwhile is not kept. */
  #latest = 0;
  #isTimed = false;

  constructor(options: FleetWatchOptions) {
    this.#options = options;
    this.#timers = new BackgroundTimers(options.clock);
  }

  /** What was seen last, however long ago. */
  get last(): Sight | null {
    return this.#last?.sight ?? null;
  }

  /** No older than a second. What was noted meanwhile is told within as long. @throws PassError `cache_unavailable` */
  async look(): Promise<Sight> {
    const { clock, timing } = this.#options;
    const last = this.#last;
    if (last !== null && monotonicOf(clock) - last.at < timing.lookEveryMs) {
      this.#lookAgain(last.sight);
      return last.sight;
    }
    return await (this.#looking ?? this.#start(null));
  }

  /** Of this instant. `because`: a cause that this process has met itself. @throws PassError `cache_unavailable` */
  async lookNow(because: IncidentCause | null = null): Promise<Sight> {
    this.#weighed = null;
    return await this.#start(because);
  }

  /** What was seen last is no longer true. */
  forget(): void {
    this.#last = null;
    this.#looking = null;
    this.#latest += 1;
  }

  close(): void {
    this.#timers.close();
  }

  async #start(because: IncidentCause | null): Promise<Sight> {
    const looking = this.#look(because);
    this.#looking = looking;
    try {
      return await looking;
    } finally {
      if (this.#looking === looking) this.#looking = null;
    }
  }

  async #look(because: IncidentCause | null): Promise<Sight> {
    const { clock, timing, incident, probe, allowance } = this.#options;
    const at = monotonicOf(clock);
    const number = (this.#latest += 1);
    const [incidentFound, probeFound, allowanceFound, { refused, totals }] = await allOver([
      incident.look(),
      probe.look(),
      allowance.look(),
      this.#weigh(at),
    ]);
    const fleet = {
      newly: refused.newly,
      refused: refused.refused,
      asked: totals.asked,
      served: totals.served,
    };
    const seen = incidentCause(fleet, timing) ?? because;
    if (seen !== null) await incident.say(incidentFound, seen);
    const cause = seen ?? causeIn(incidentFound);
    const isAllowed = allowance.stands(allowanceFound);
    const sight = { isIncident: cause !== null, probe: probeFound, isAllowed, refused, totals };
    if (number === this.#latest) {
      this.#last = { sight, at };
      incident.note(cause, fleet);
    }
    this.#lookAgain(sight);
    return sight;
  }

  async #weigh(at: number): Promise<Weighed> {
    const { refused, counts, incident, timing } = this.#options;
    const before = this.#weighed;
    if (before !== null && incident.isKnown && at - before.at < timing.incidentRenewedEveryMs) return before;
    await refused.publish();
    const [inFleet, totals] = await allOver([refused.look(), counts.look()]);
    const weighed = { refused: inFleet, totals, at };
    this.#weighed = weighed;
    return weighed;
  }

  #lookAgain({ isIncident }: Sight): void {
    const { timing, refused, track } = this.#options;
    if (this.#isTimed || (!isIncident && !refused.isPending)) return;
    this.#isTimed = true;
    this.#timers.start(isIncident ? timing.incidentRenewedEveryMs : timing.lookEveryMs, () => {
      this.#isTimed = false;
      track(this.look().catch(() => undefined));
    });
  }
}
