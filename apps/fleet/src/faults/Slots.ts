import type { KillPoint } from '../worker/Mishap.js';
import type { Worker } from '../stage/Worker.js';

/** The places of a fleet. A worker that dies, or is deployed anew, is followed by another one in its place. */
export class Slots {
  readonly #start: (name: string) => Promise<Worker>;
  readonly #workers: (Worker | null)[];
  readonly #incarnations: number[];
  readonly #following: Set<Promise<void>> = new Set();
  #isOver = false;

  private constructor(count: number, start: (name: string) => Promise<Worker>) {
    this.#start = start;
    this.#workers = Array.from({ length: count }, () => null);
    this.#incarnations = Array.from({ length: count }, () => 0);
  }

  static async fill(count: number, start: (name: string) => Promise<Worker>): Promise<Slots> {
    const slots = new Slots(count, start);
    await Promise.all(slots.#workers.map((_, slot) => slots.#occupy(slot)));
    return slots;
  }

  /** Those that live. A paused one does. */
  get living(): readonly Worker[] {
    return this.#workers.filter((worker) => worker !== null && worker.isAlive) as Worker[];
  }

  at(slot: number): Worker | null {
    const worker = this.#workers[slot] ?? null;
    return worker?.isAlive === true ? worker : null;
  }

  async pause(slot: number, forMs: number): Promise<void> {
    const worker = this.at(slot);
    if (worker === null) return;
    worker.pause();
    await new Promise((resolve) => setTimeout(resolve, forMs));
    worker.resume();
  }

  async kill(slot: number): Promise<void> {
    await this.at(slot)?.kill();
  }

  async killAt(slot: number, point: KillPoint): Promise<void> {
    // A worker that has just died gets no orders; the next one is not meant.
    await this.at(slot)
      ?.order('arm', { point, signal: 'SIGKILL' })
      .catch(() => undefined);
  }

  async restart(slot: number): Promise<void> {
    await this.at(slot)?.close();
  }

  /** From now on nobody follows; resolves when those who were on their way are there. */
  async over(): Promise<void> {
    this.#isOver = true;
    while (this.#following.size > 0) await Promise.all(this.#following);
  }

  async #occupy(slot: number): Promise<void> {
    const incarnation = (this.#incarnations[slot] ?? 0) + 1;
    this.#incarnations[slot] = incarnation;
    const worker = await this.#start(`w${slot + 1}.${incarnation}`);
    this.#workers[slot] = worker;
    void worker.ended().then(() => {
      if (this.#isOver) return;
      const following = this.#occupy(slot).finally(() => this.#following.delete(following));
      this.#following.add(following);
    });
  }
}
