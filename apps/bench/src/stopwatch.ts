import { randomIndexes } from './devices.js';

/** One way of doing something. It brings its own loop, so that no two arms share a call site and its inline cache. */
export interface Arm {
  readonly name: string;
  /** Does it so many times. */
  run(times: number): void | Promise<void>;
  /** Called before each timed batch, untimed. */
  prepare?(times: number): void;
}

export interface Timing {
  readonly name: string;
  /** Nanoseconds each, median of the rounds. */
  readonly ns: number;
  /** Of the first arm: median of the quotients within each round. */
  readonly ratio: number;
}

export interface TimeOptions {
  readonly rounds: number;
  /** How long one batch shall take, at least. */
  readonly batchMs?: number;
}

/**
 * Times all arms in turn, round by round: what disturbs the machine disturbs all of them. The order changes from round
 * to round, and what an arm leaves behind is collected, untimed, before the next one runs. The second arm should do what
 * the first does; how far its ratio is from 1 is what this run cannot tell apart.
 */
export async function timeArms(
  arms: readonly Arm[],
  { rounds, batchMs = 2 }: TimeOptions,
): Promise<Timing[]> {
  const batches: number[] = [];
  for (const arm of arms) batches.push(await batchOf(arm, batchMs));
  const found = arms.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const index of shuffled(arms.length, round + 1)) {
      const [arm, times, into] = [arms[index], batches[index], found[index]];
      if (arm === undefined || times === undefined || into === undefined) continue;
      into.push((await timeBatch(arm, times)) / times);
    }
  }
  const [first = []] = found;
  return arms.map(({ name }, index) => {
    const mine = found[index] ?? [];
    const quotients = mine.map((ns, round) => ns / (first[round] ?? Number.NaN));
    return { name, ns: median(mine), ratio: median(quotients) };
  });
}

/**
 * Nanoseconds of one batch: processor time of this process, so that other programs count only by what they push out of
 * the processor's caches. On an idle machine it is the time on the clock.
 */
export async function timeBatch(arm: Arm, times: number): Promise<number> {
  collectYoung();
  arm.prepare?.(times);
  const started = process.cpuUsage();
  const pending = arm.run(times);
  if (pending !== undefined) await pending;
  const { user, system } = process.cpuUsage(started);
  return (user + system) * 1_000;
}

/** What the arm before has left behind, so that its collection is not counted as the work of this one. */
export function collectYoung(): void {
  globalThis.gc?.({ type: 'minor', execution: 'sync' });
}

/** Doubles until a batch is long enough, which also lets the compiler do its work. */
async function batchOf(arm: Arm, batchMs: number): Promise<number> {
  for (let times = 16; ; times *= 2) {
    await timeBatch(arm, times);
    const ns = await timeBatch(arm, times);
    if (ns >= batchMs * 1e6) return times;
  }
}

/** The numbers below `length` in an order that depends on the seed alone. A mere rotation would keep the neighbours. */
export function shuffled(length: number, seed: number): number[] {
  const places = randomIndexes(length, 1_000_000_007, seed * 0x9e3779b1);
  return Array.from(places.keys()).toSorted((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The line through the points by least squares: its slope is the cost of one, without what a batch costs by itself. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const below = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return above / below;
}
