import { setTimeout as delay } from 'node:timers/promises';
import { Seeded } from '@pass-dcr/seeded';
import type { Stage } from '../stage/Stage.js';
import type { Worker } from '../stage/Worker.js';

const firstDevices = 200;
const perSecond = 150;
const partOfApiCalls = 0.15;
const partOfHangUps = 0.03;
const longestPatienceMs = 500;

/** Viewers who come all the time, to any process: mostly known devices, sometimes with a call to Adobe Pass. */
export class Load {
  readonly #stage: Stage;
  readonly #living: () => readonly Worker[];
  readonly #random: Seeded;
  readonly #calls: Set<Promise<unknown>> = new Set();
  #devices = firstDevices;
  #isOver = false;
  #running: Promise<void> = Promise.resolve();

  /** `living`: the workers that can be called at the moment. */
  constructor(stage: Stage, living: () => readonly Worker[]) {
    this.#stage = stage;
    this.#living = living;
    // Not the chance of the plan: how many calls there are depends on the machine.
    this.#random = new Seeded(stage.options.seed + 1);
  }

  start(): void {
    this.#running = this.#run();
  }

  anyDevice(): number {
    return this.#random.between(1, firstDevices);
  }

  /** Each of them to every process at once, which is when they could be registered twice. */
  async callNewDevices(count: number): Promise<void> {
    const from = this.#devices + 1;
    this.#devices += count;
    for (let device = from; device < from + count; device += 1)
      for (const worker of this.#living()) this.#track(this.#stage.driver.call(worker, device));
    await Promise.resolve();
  }

  /** Resolves when every call has settled. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    while (this.#calls.size > 0) await Promise.all(this.#calls);
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const worker = this.#anyWorker();
      if (worker !== null) this.#callFrom(worker);
      await delay(1_000 / perSecond);
    }
  }

  #callFrom(worker: Worker): void {
    const random = this.#random;
    const device = random.between(1, this.#devices);
    const route = random.chance(partOfApiCalls) ? 'profiles' : 'token';
    const hangUpAfterMs = random.chance(partOfHangUps) ? random.between(1, longestPatienceMs) : null;
    this.#track(this.#stage.driver.call(worker, device, { route, hangUpAfterMs }));
  }

  #anyWorker(): Worker | null {
    return this.#random.pick(this.#living()) ?? null;
  }

  #track(call: Promise<unknown>): void {
    this.#calls.add(call);
    const forget = (): boolean => this.#calls.delete(call);
    call.then(forget, forget);
  }
}
