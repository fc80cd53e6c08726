import { Seeded } from '@pass-dcr/seeded';
import type { Clock, Timer } from '../../src/time/clock.js';
import { noFaults, type Fault, type FaultCounts } from './faults.js';
import { mixSeeds } from './mixSeeds.js';

/** Saturday, 21 November 2026. */
const epoch = Date.UTC(2026, 10, 21);

interface PendingTimer {
  readonly callback: () => void;
  dueAt: number;
  readonly order: number;
  /** Time does not stop for it: it fires once time has passed it. */
  readonly isBackground: boolean;
}

/** The first thing that went against an invariant. */
export interface Violation {
  readonly invariant: string;
  readonly message: string;
}

/** What the parts of one schedule share: its time, its chance, its trace, and what went wrong. */
export class World {
  readonly random: Seeded;
  /** What was thought of later has a chance of its own, so that what else a seed means does not depend on it. */
  readonly laterRandom: Seeded;
  readonly counts: FaultCounts = noFaults();
  violation: Violation | null = null;
  readonly #trace: string[] | null;
  #now = epoch;
  #orders = 0;

  constructor(seed: number, schedule: number, traced: boolean) {
    this.random = new Seeded(mixSeeds(seed, schedule));
    this.laterRandom = new Seeded(mixSeeds(mixSeeds(seed, schedule), 1));
    this.#trace = traced ? [] : null;
  }

  get now(): number {
    return this.#now;
  }

  get trace(): readonly string[] {
    return this.#trace ?? [];
  }

  moveTo(now: number): void {
    this.#now = Math.max(this.#now, now);
  }

  nextOrder(): number {
    this.#orders += 1;
    return this.#orders;
  }

  /** `line` is only asked for where somebody reads it. */
  note(line: () => string): void {
    this.#trace?.push(`${String(this.#now - epoch).padStart(8)} ms  ${line()}`);
  }

  count(fault: Fault): void {
    this.counts[fault] += 1;
  }

  violate(invariant: string, message: string): void {
    if (this.violation !== null) return;
    this.violation = { invariant, message };
    this.note(() => `VIOLATION of ${invariant}: ${message}`);
  }
}

/** The time of one process. Its timers fire when the scheduler says so: never early, and late while it is held up. */
export class ProcessClock implements Clock {
  readonly #world: World;
  readonly #timers: Set<PendingTimer> = new Set();
  /** How far the wall clock is ahead of the world, or behind it. */
  #aheadMs = 0;
  #suspendedMs = 0;
  /** Broken on purpose: what only the process compares goes by the wall clock too. */
  readonly #hasOnlyWall: boolean;

  constructor(world: World, hasOnlyWall = false) {
    this.#world = world;
    this.#hasOnlyWall = hasOnlyWall;
  }

  get size(): number {
    return this.#timers.size;
  }

  /** Epoch milliseconds of the world: what no process knows. */
  get worldNow(): number {
    return this.#world.now;
  }

  now(): number {
    return this.#world.now + this.#aheadMs;
  }

  monotonic(): number {
    return this.#hasOnlyWall ? this.now() : this.#world.now - this.#suspendedMs;
  }

  /** Somebody sets the clock. */
  step(byMs: number): void {
    this.#aheadMs += byMs;
  }

  /** Its machine was suspended, and no time has passed for it. */
  skip(forMs: number): void {
    this.#suspendedMs += forMs;
    for (const timer of this.#timers) timer.dueAt += forMs;
  }

  setTimer(callback: () => void, delayMs: number, isBackground = false): Timer {
    const world = this.#world;
    const timer: PendingTimer = {
      callback,
      dueAt: world.now + Math.max(0, delayMs),
      order: world.nextOrder(),
      isBackground,
    };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** When the next one is due, epoch milliseconds; `Infinity` without any. */
  get nextDueAt(): number {
    return this.#first()?.dueAt ?? Infinity;
  }

  /** Timers that are not due yet: one that is due at this very instant only ends what waited. */
  get later(): number {
    let later = 0;
    for (const { dueAt } of this.#timers) if (dueAt > this.#world.now) later += 1;
    return later;
  }

  fireNext(): void {
    const first = this.#first();
    if (first === undefined) return;
    this.#timers.delete(first);
    first.callback();
  }

  drop(): void {
    this.#timers.clear();
  }

  #first(): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.isBackground && timer.dueAt > this.#world.now) continue;
      if (
        first === undefined ||
        timer.dueAt < first.dueAt ||
        (timer.dueAt === first.dueAt && timer.order < first.order)
      ) {
        first = timer;
      }
    }
    return first;
  }
}
