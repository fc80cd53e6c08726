import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Seeded } from '@pass-dcr/seeded';
import { passEventChannel, type PassEvent } from '../../src/diagnostics.js';
import { defaultTiming } from '../../src/timing.js';
import type { ClientCall } from './ClientCall.js';
import {
  clockFaults,
  ordinaryFaults,
  statementFaults,
  type Fault,
  type FaultCounts,
  type FaultSet,
} from './faults.js';
import { devicesOf, mostDevices, settleIn, type SimDevice } from './fleet.js';
import { Goal } from './Goal.js';
import { ModelAdobe } from './ModelAdobe.js';
import { Oracle } from './Oracle.js';
import { SimProcess, type Broken, type Odds, type Operation, type Surroundings } from './SimProcess.js';
import { Store } from './Store.js';
import { World, type Violation } from './World.js';

export interface ScheduleOptions {
  readonly seed: number;
  readonly schedule: number;
  readonly traced?: boolean;
  readonly broken?: Broken;
  /** In place of those that the seed would choose. */
  readonly faults?: readonly Fault[];
}

export interface ScheduleResult {
  readonly violation: Violation | null;
  readonly steps: number;
  readonly calls: number;
  readonly registrations: number;
  readonly replacements: number;
  readonly counts: FaultCounts;
  readonly trace: readonly string[];
}

/** The longest that a poll for another process's lease takes: the cap, and half as much again by device. */
const pollCapMs = defaultTiming.machine.pollMaxMs * 1.25;
/** Ten times what a long schedule takes. */
const mostSteps = 10_000;
const none: FaultSet = new Set();
/** By which a clock is set: seconds, as between hosts; minutes; hours, as where the clock of a machine had not been set. */
const clockSteps: readonly number[] = [
  -2_000, 2_000, -61_000, 300_000, -3_600_000, 3_600_000, -25_200_000, 25_200_000,
];
/** Virtual time in which everything has to work again once nothing is broken any more. */
const recoveryMs = 15 * 60_000;
/** What runs when `close` is called ends by then: a call on the wire, and what it has to write after it. */
const closeMs = 20_000;

interface LeaseWatch {
  readonly device: number;
  readonly until: number;
}

/** One run of a small fleet under one seed. */
export class Schedule {
  readonly #world: World;
  readonly #oracle: Oracle;
  readonly #around: Surroundings;
  readonly #faults: FaultSet;
  readonly #lifeMs: number;
  readonly #devices: readonly SimDevice[];
  readonly #operations: Operation[] = [];
  readonly #processes: SimProcess[] = [];
  readonly #adobe: ModelAdobe;
  readonly #store: Store;
  readonly #mostCalls: number;
  readonly #watches: Set<LeaseWatch> = new Set();
  #settling = false;
  #steps = 0;
  #calls = 0;

  constructor({ seed, schedule, traced = false, broken = {}, faults: given }: ScheduleOptions) {
    const world = new World(seed, schedule, traced);
    const { random } = world;
    this.#world = world;
    this.#faults = new Set(given ?? chooseFaults(world));
    this.#lifeMs = random.pick([20_000, 120_000, 21_600_000]);
    this.#devices = devicesOf(random.between(1, mostDevices), random.chance(0.3));
    this.#mostCalls = random.between(6, 20);
    this.#oracle = new Oracle(world, this.#devices.length, this.#faults.size === 0);
    this.#adobe = new ModelAdobe(world, this.#lifeMs, this.#devices);
    this.#oracle.adobe = this.#adobe;
    this.#store = new Store(world, this.#oracle, broken.plainSet === true);
    this.#around = {
      world,
      store: this.#store,
      adobe: this.#adobe,
      oracle: this.#oracle,
      operations: this.#operations,
      broken,
      odds: chooseOdds(random),
      faults: () => (this.#settling ? none : this.#faults),
    };
    world.note(() => {
      const names = this.#faults.size === 0 ? 'none' : [...this.#faults].join(', ');
      return `seed ${seed}, schedule ${schedule}: ${this.#devices.length} devices, tokens of ${this.#lifeMs} ms, faults: ${names}`;
    });
    for (let count = random.between(2, 3); count > 0; count -= 1) this.#start();
  }

  async run(): Promise<ScheduleResult> {
    const onEvent = (event: unknown): void => this.#oracle.published(event as PassEvent);
    const onUnhandled = (reason: unknown): void => {
      this.#world.violate('no unhandled rejection', String(reason));
    };
    subscribe(passEventChannel, onEvent);
    process.on('unhandledRejection', onUnhandled);
    try {
      // Whoever finds an empty cache holds registrations off for two seconds, in which little else happens.
      if (this.#world.random.chance(0.9)) await this.#settleIn();
      const length = this.#world.random.between(40, 110);
      while (this.#steps < length && this.#world.violation === null) await this.#step(() => this.#chaos());
      if (this.#world.violation === null) await this.#recover();
      if (this.#world.violation === null) await this.#end();
    } finally {
      unsubscribe(passEventChannel, onEvent);
      process.off('unhandledRejection', onUnhandled);
    }
    const { violation, counts, trace } = this.#world;
    return {
      violation,
      steps: this.#steps,
      calls: this.#calls,
      registrations: this.#adobe.clients.size,
      replacements: this.#oracle.replacements,
      counts,
      trace,
    };
  }

  async #settleIn(): Promise<void> {
    const store = this.#store;
    await settleIn({
      scope: 'shared',
      read: async (keys) => store.read(keys),
      swap: async (key, expected, next) => store.swap(key, expected, next, 'an earlier process'),
    });
  }

  /** Does one thing, and lets everything that follows from it happen before the next. */
  async #step(act: () => void): Promise<void> {
    this.#steps += 1;
    if (this.#steps > mostSteps)
      this.#world.violate('progress', `${mostSteps} steps do not end the schedule`);
    act();
    // Node empties its queue of microtasks, and reports what nobody handled, before it comes back to this.
    await new Promise<void>((resolve) => setImmediate(resolve));
    for (const process of this.#processes) {
      if (process.closed && process.leftovers > 0) {
        this.#world.violate('I7', `${process.name} has closed, and ${process.leftovers} timers are left`);
      }
      const left = process.waitingCalls.find(({ aborted }) => aborted);
      if (left !== undefined && !process.crashed) {
        this.#world.violate('I7', `${left.name} was aborted by its caller, and still waits`);
      }
      if (process.closed && process.waitingCalls.length > 0) {
        this.#world.violate(
          'I7',
          `${process.name} has closed, and ${process.waitingCalls[0]?.name} still waits`,
        );
      }
    }
  }

  #start(): SimProcess {
    const { random } = this.#world;
    const process = new SimProcess(
      `p${this.#processes.length + 1}`,
      random.between(0, 0x7fffffff),
      this.#around,
    );
    this.#processes.push(process);
    if (this.#faults.has('clockStep')) this.#setClock(process);
    this.#world.note(() => `${process.name} starts`);
    return process;
  }

  get #alive(): readonly SimProcess[] {
    return this.#processes.filter(({ takesCalls }) => takesCalls);
  }

  #may(fault: Fault, probability: number): boolean {
    return this.#faults.has(fault) && this.#world.random.chance(probability);
  }

  #befallsClock(fault: Fault, probability: number): boolean {
    return this.#faults.has(fault) && this.#world.laterRandom.chance(probability);
  }

  #chaos(): void {
    const { random } = this.#world;
    const alive = this.#alive;
    if (alive.length === 0) return void this.#start();
    if (this.#befallsClock('clockStep', 0.03)) return this.#setClock(this.#world.laterRandom.pick(alive));
    if (this.#befallsClock('suspend', 0.02)) return this.#suspend();
    if (this.#may('crash', this.#around.odds.crash)) return this.#crash();
    if (this.#may('pause', 0.015)) return this.#pause();
    if (this.#may('close', 0.006)) return this.#close();
    if (this.#may('cacheReconnects', 0.02)) return this.#reconnect();
    if (this.#may('abort', 0.02)) return this.#abort();
    if (this.#may('clientKilled', this.#around.odds.kill)) return this.#kill();
    if (this.#may('tokenRevoked', 0.02)) return this.#revoke();
    const paused = alive.filter((process) => process.paused);
    if (paused.length > 0 && random.chance(0.05)) return this.#resume(paused);
    if (this.#calls < this.#mostCalls && random.chance(0.12)) return this.#request();
    if (this.#faults.has('slow') && random.chance(0.05)) return this.#letTimePass();
    this.#goOn();
  }

  /** The ordinary course of things: a timer fires, something arrives, or nothing happens for a while. */
  #goOn(): void {
    const world = this.#world;
    const due = this.#processes.filter(({ isRunning, clock }) => isRunning && clock.nextDueAt <= world.now);
    const ready = this.#operations.filter((one) =>
      one.applied ? one.process.isRunning && !one.hangs : true,
    );
    if (due.length > 0 && (ready.length === 0 || world.random.chance(0.5))) {
      const process = world.random.pick(due);
      if (process === undefined) return;
      world.note(() => `${process.name}: a timer fires`);
      process.clock.fireNext();
      return;
    }
    const operation = world.random.pick(ready);
    if (operation === undefined) {
      const idle = !this.#settling && this.#calls < this.#mostCalls && world.random.chance(0.6);
      return idle ? this.#request() : this.#letTimePass();
    }
    if (world.random.chance(0.3)) this.#pass(world.random.between(0, this.#faults.has('slow') ? 40 : 3));
    this.#advance(operation);
  }

  #advance(operation: Operation): void {
    const world = this.#world;
    if (!operation.applied) {
      operation.applied = true;
      world.note(() => `${operation.label} takes effect`);
      operation.apply();
      if (operation.hangs) this.#forget(operation);
      if (!this.#settling) return;
    }
    world.note(() => `${operation.label} is answered`);
    this.#forget(operation);
    operation.answer();
  }

  #forget(operation: Operation): void {
    this.#operations.splice(this.#operations.indexOf(operation), 1);
  }

  #letTimePass(): void {
    const { random } = this.#world;
    if (this.#operations.length > 0) this.#world.count('slow');
    const jumps = [50, 400, 1_000, 2_000, 6_000, this.#lifeMs / 4, this.#lifeMs * 0.6];
    this.#pass(random.pick(jumps) ?? 0);
  }

  /** Time goes on, but never beyond a timer that a running process waits for. */
  #pass(forMs: number): void {
    const world = this.#world;
    let until = world.now + forMs;
    for (const { isRunning, clock } of this.#processes)
      if (isRunning) until = Math.min(until, clock.nextDueAt);
    if (until <= world.now) return;
    this.#judgeDeadlines(until);
    world.moveTo(until);
    if (forMs > 40) world.note(() => 'time has passed');
  }

  /** I7 and I9: what should have happened before `until`, and has not. */
  #judgeDeadlines(until: number): void {
    for (const process of this.#processes) {
      if (!process.isRunning) continue;
      for (const call of process.waitingCalls) {
        if (until > call.deadline) this.#world.violate('I7', `${call.name} still waits after its deadline`);
      }
      if (process.closing && !process.closed && until > process.closingSince + closeMs) {
        this.#world.violate('I7', `close() of ${process.name} has not ended after ${closeMs} ms`);
      }
    }
    for (const watch of this.#watches) {
      if (until <= watch.until + pollCapMs) continue;
      this.#watches.delete(watch);
      for (const process of this.#processes) this.#judgeLease(process, watch);
    }
  }

  #judgeLease(process: SimProcess, { device, until }: LeaseWatch): void {
    if (!process.isRunning || process.closing) return;
    const waiting = process.waitingCalls.find(
      (call) => call.device.index === device && call.startedAt <= until,
    );
    if (waiting === undefined || this.#oracle.hasAskedSince(process.name, device, until)) return;
    if (this.#operations.some((one) => one.process === process && one.device === device)) return;
    this.#world.violate(
      'I9',
      `${waiting.name} still waits for a lease that ended ${pollCapMs} ms ago with the process that held it`,
    );
  }

  #request(): void {
    const { random } = this.#world;
    const process = random.pick(this.#alive);
    const device = random.pick(this.#devices);
    if (process === undefined || device === undefined) return;
    if (process.paused) return;
    this.#ask(process, device, random.chance(0.5) ? 'accessToken' : 'profiles');
  }

  #ask(process: SimProcess, device: SimDevice, kind: ClientCall['kind']): ClientCall {
    this.#calls += 1;
    return process.request(`call-${this.#calls}`, device, kind);
  }

  #crash(): void {
    const process = this.#world.random.pick(this.#alive);
    if (process === undefined) return;
    this.#world.count('crash');
    process.crash();
    // Where crashes are the only fault, nobody but the dead holder can keep the others waiting.
    if (this.#faults.size === 1)
      for (const held of this.#store.leasesHeldBy(process.name)) this.#watches.add(held);
    this.#start();
  }

  #pause(): void {
    const process = this.#world.random.pick(this.#alive.filter(({ paused }) => !paused));
    if (process === undefined) return;
    this.#world.count('pause');
    this.#world.note(() => `${process.name} is held up`);
    process.paused = true;
  }

  #setClock(process: SimProcess | undefined): void {
    const world = this.#world;
    const byMs = world.laterRandom.pick(clockSteps) ?? 0;
    if (process === undefined) return;
    world.count('clockStep');
    world.note(() => `the clock of ${process.name} is set by ${byMs} ms`);
    process.clock.step(byMs);
  }

  #suspend(): void {
    const world = this.#world;
    const process = world.laterRandom.pick(this.#alive.filter(({ paused }) => !paused));
    if (process === undefined) return;
    world.count('suspend');
    world.note(() => `the machine of ${process.name} is suspended`);
    process.paused = true;
    process.suspendedSince = world.now;
  }

  #resume(paused: readonly SimProcess[]): void {
    const process = this.#world.random.pick(paused);
    if (process === undefined) return;
    this.#world.note(() => `${process.name} goes on`);
    process.resume();
  }

  #close(): void {
    const process = this.#world.random.pick(this.#alive.filter(({ paused, closing }) => !paused && !closing));
    if (process === undefined) return;
    this.#world.count('close');
    process.close();
    this.#start();
  }

  #reconnect(): void {
    const process = this.#world.random.pick(this.#alive.filter(({ paused }) => !paused));
    if (process === undefined) return;
    this.#world.count('cacheReconnects');
    this.#world.note(() => `the cache of ${process.name} reconnects`);
    process.reconnect();
  }

  #abort(): void {
    const { random } = this.#world;
    const process = random.pick(this.#alive.filter(({ isRunning }) => isRunning));
    const call = random.pick(process?.waitingCalls.filter(({ aborted }) => !aborted) ?? []);
    if (process === undefined || call === undefined) return;
    this.#world.count('abort');
    process.abort(call);
  }

  #kill(): void {
    const { random } = this.#world;
    const device = random.pick(this.#devices)?.index ?? 0;
    const client = this.#adobe.clients.get(this.#oracle.storedPairOf(device) ?? '');
    if (client === undefined || !client.alive) return;
    this.#world.count('clientKilled');
    this.#world.note(() => `Adobe Pass kills ${client.id} of device ${device}`);
    client.alive = false;
    this.#oracle.clientKilled(device);
    if (random.chance(0.7)) {
      for (const token of this.#adobe.tokens.values()) if (token.client === client) token.revoked = true;
    }
  }

  #revoke(): void {
    const live = [...this.#adobe.tokens.values()].filter(({ revoked }) => !revoked);
    const token = this.#world.random.pick(live);
    if (token === undefined) return;
    this.#world.count('tokenRevoked');
    this.#world.note(() => `Adobe Pass revokes ${token.value}`);
    token.revoked = true;
  }

  /** Nothing is broken any more: every process must serve every device, and every call must have ended. */
  async #recover(): Promise<void> {
    const world = this.#world;
    world.note(() => 'from here on nothing fails');
    this.#settling = true;
    for (const process of this.#processes) if (process.paused) process.resume();
    for (const operation of this.#operations.filter(({ hangs }) => hangs)) this.#forget(operation);
    if (this.#alive.every(({ closing }) => closing)) this.#start();
    const goals = this.#alive
      .filter(({ closing }) => !closing)
      .flatMap((process) => this.#devices.map((device) => new Goal(process, device)));
    const giveUpAt = world.now + recoveryMs;
    const open = (): boolean =>
      goals.some(({ done }) => !done) || this.#alive.some((one) => one.waitingCalls.length > 0);
    while (open() && world.violation === null) {
      const wanting = goals.find((goal) => goal.wants(world.now));
      if (wanting !== undefined) {
        await this.#step(() => wanting.ask((process, device, kind) => this.#ask(process, device, kind)));
        continue;
      }
      const nextGoal = Math.min(...goals.map(({ nextAt }) => nextAt));
      await this.#step(() => this.#settle(nextGoal));
      if (world.now > giveUpAt) {
        const { process, device } = goals.find(({ done }) => !done) ?? {};
        world.violate(
          'recovery',
          `${process?.name} cannot serve device ${device?.index} after ${recoveryMs} ms`,
        );
      }
    }
  }

  #settle(nextGoal: number): void {
    const world = this.#world;
    const busy =
      this.#operations.length > 0 ||
      this.#processes.some(({ isRunning, clock }) => isRunning && clock.nextDueAt <= world.now);
    if (busy) return this.#goOn();
    const nextTimer = Math.min(
      ...this.#processes.map(({ crashed, clock }) => (crashed ? Infinity : clock.nextDueAt)),
    );
    const next = Math.min(nextTimer, nextGoal);
    this.#pass(Number.isFinite(next) ? next - world.now : 1_000);
  }

  async #end(): Promise<void> {
    const world = this.#world;
    for (const process of this.#processes) if (!process.crashed && !process.closing) process.close();
    const giveUpAt = world.now + closeMs;
    const open = (): boolean =>
      this.#processes.some(({ crashed, closed, clock }) => !crashed && (!closed || clock.size > 0));
    while ((open() || this.#operations.length > 0) && world.violation === null) {
      await this.#step(() => this.#settle(Infinity));
      if (world.now > giveUpAt) world.violate('I7', 'a process does not close');
    }
    const { counts } = world;
    const happened = Object.values(counts).reduce((sum, count) => sum + count, 0);
    this.#oracle.judgeRegistrations(counts.crash + counts.close, happened);
    if (this.#faults.size > 0) return;
    for (const process of this.#processes) {
      const failed = process.calls.find(({ outcome }) => outcome?.ok === false);
      if (failed !== undefined) world.violate('calm', `${failed.name} failed although nothing did`);
    }
  }
}

/** Rare faults leave room for others to matter; frequent ones meet each other. */
function chooseOdds(random: Seeded): Odds {
  return {
    cacheFault: random.pick([0.02, 0.06, 0.25]),
    callFault: random.pick([0.1, 0.25, 0.6]),
    kill: random.pick([0.01, 0.04]),
    crash: random.pick([0.01, 0.04]),
  };
}

/** One schedule in ten meets no fault and one in ten only crashes; the others meet half of the kinds. */
function chooseFaults(world: World): readonly Fault[] {
  const chosen = chooseOrdinaryFaults(world);
  // Without any fault nothing may fail, and one fault alone is watched closely.
  if (chosen.length < 2) return chosen;
  const later = [clockFaults, statementFaults].filter(() => world.laterRandom.chance(0.3));
  return [...chosen, ...later.flat()];
}

function chooseOrdinaryFaults({ random }: World): readonly Fault[] {
  const kind = random.next();
  if (kind < 0.1) return [];
  if (kind < 0.2) return ['crash'];
  return ordinaryFaults.filter(() => random.chance(0.5));
}
