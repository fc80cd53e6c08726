import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import { RecentDistinctCount } from './DistinctCount.js';
import { numbersIn, rowsIn } from './rowsIn.js';
import type { SharedRecords } from '../cache/SharedRecords.js';

export interface FleetTotals {
  /** Devices that asked for a token within a minute. */
  readonly asked: number;
  /** Devices that were served within hours: each by the process that holds its lease, so few count twice. */
  readonly served: number;
  /** Of the process that served most of them. */
  readonly servedByOne: number;
}

/** What one process said of itself. */
export interface ProcessCounts {
  readonly process: string;
  /** Epoch seconds. */
  readonly at: number;
  readonly asked: number;
  readonly served: number;
}

export interface FleetCountsOptions {
  readonly clock: Clock;
  readonly records: SharedRecords;
  readonly key: string;
  /** Names this process among the others. */
  readonly process: string;
  readonly timing: Timing['replacement'];
  /** Keeps a promise until it has settled. */
  readonly track: (work: Promise<unknown>) => void;
}

/** How many devices ask for tokens, and how many are served: here exactly enough, in the fleet as of a minute ago. */
export class FleetCounts {
  readonly #options: FleetCountsOptions;
  readonly #asked: RecentDistinctCount;
  readonly #served: RecentDistinctCount;
  #toldAt: number;

  constructor(options: FleetCountsOptions) {
    const { clock, timing } = options;
    const now = monotonicOf(clock);
    this.#options = options;
    // Over no more than the time in which refusals are counted: too few only make an incident of fewer.
    this.#asked = new RecentDistinctCount(timing.newlyRefusedMs / 2, now);
    this.#served = new RecentDistinctCount(timing.servedCountedMs, now);
    this.#toldAt = now;
  }

  /** Nobody waits for it. */
  note(tag: string, outcome: 'served' | 'refused'): void {
    const { clock, timing, track } = this.#options;
    const now = monotonicOf(clock);
    this.#asked.add(tag, now);
    if (outcome === 'served') this.#served.add(tag, now);
    if (now - this.#toldAt < timing.countsEveryMs) return;
    this.#toldAt = now;
    track(this.#tell().catch(() => undefined));
  }

  /** @throws PassError `cache_unavailable` */
  async look(): Promise<FleetTotals> {
    const { records, key, process, clock, timing } = this.#options;
    const { value } = await records.look(key);
    const others = countsIn(value).filter((counts) => counts.process !== process);
    return totalsOf([this.#own(), ...others], clock.now(), timing);
  }

  #own(): ProcessCounts {
    const { clock, process } = this.#options;
    const now = monotonicOf(clock);
    const at = Math.round(clock.now() / 1_000);
    return { process, at, asked: this.#asked.count(now), served: this.#served.count(now) };
  }

  async #tell(): Promise<void> {
    const { records, key, clock, timing } = this.#options;
    const own = this.#own();
    await records.change(key, (value) => {
      const counts = withCounts(countsIn(value), own, clock.now(), timing);
      const rows = counts.map(({ process, at, asked, served }) => [process, at, asked, served]);
      return { value: rows, ttlMs: timing.servedKeptMs };
    });
  }
}

type Kept = Pick<Timing['replacement'], 'askedKeptMs' | 'servedKeptMs' | 'processesCounted'>;

/** @internal Those that still count, with one's own; those heard of last, if they are too many. */
export function withCounts(
  all: readonly ProcessCounts[],
  own: ProcessCounts,
  now: number,
  kept: Kept,
): readonly ProcessCounts[] {
  const others = all.filter((one) => one.process !== own.process && isWithin(one, kept.servedKeptMs, now));
  return [own, ...others.toSorted((a, b) => b.at - a.at)].slice(0, kept.processesCounted);
}

/** @internal */
export function totalsOf(all: readonly ProcessCounts[], now: number, kept: Kept): FleetTotals {
  const totals = { asked: 0, served: 0, servedByOne: 0 };
  for (const one of all) {
    if (isWithin(one, kept.askedKeptMs, now)) totals.asked += one.asked;
    if (!isWithin(one, kept.servedKeptMs, now)) continue;
    totals.served += one.served;
    totals.servedByOne = Math.max(totals.servedByOne, one.served);
  }
  return totals;
}

/** Clocks differ: what is as far ahead as it may be old is no word of today. */
function isWithin({ at }: ProcessCounts, forMs: number, now: number): boolean {
  return Math.abs(now - at * 1_000) <= forMs;
}

/** What does not look as expected is left out. */
function countsIn(value: unknown): readonly ProcessCounts[] {
  return rowsIn(value).flatMap(([process, ...numbers]): readonly ProcessCounts[] => {
    const [at, asked, served] = numbersIn(numbers, 3) ?? [];
    if (typeof process !== 'string' || at === undefined || asked === undefined || served === undefined)
      return [];
    return [{ process, at, asked, served }];
  });
}
