import { setTimeout as delay } from 'node:timers/promises';
import type { Seeded } from '@pass-dcr/seeded';
import type { Worker } from '../stage/Worker.js';
import type { Authenticated } from '../worker/orders.js';

const perOrder = 20;
const newDevices = 2_000;

/** Devices that are stored, and some that are new, without a pause, with whichever process stands in each place. */
export class Serving {
  readonly #fleet: readonly Worker[];
  readonly #random: Seeded;
  readonly #devices: number;
  #isOver = false;
  #lanes: Promise<unknown> = Promise.resolve();
  readonly answers: Authenticated[] = [];

  constructor(fleet: readonly Worker[], random: Seeded, devices: number) {
    this.#fleet = fleet;
    this.#random = random;
    this.#devices = devices;
  }

  get asked(): number {
    return this.answers.length * perOrder;
  }

  start(): void {
    this.#lanes = Promise.all(this.#fleet.map((_, place) => this.#lane(place)));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#lanes;
  }

  async #lane(place: number): Promise<void> {
    while (!this.#isOver) {
      const from = this.#random.between(1, this.#devices + newDevices - 1);
      const worker = this.#fleet[place];
      // Whoever is told to close takes no more, as behind a load balancer; its last answers count.
      const answer = await worker
        ?.order('authenticate', { from, count: perOrder, atOnce: 5 })
        .catch(() => null);
      if (answer !== null && answer !== undefined) this.answers.push(answer);
      await delay(20);
    }
  }
}
