import type { Clock, Timer } from '../../src/time/clock.js';

/** Everything happens at a multiple of this: what is due a little earlier waits for it, and never comes too early. */
const tickMs = 5;

interface Due {
  readonly at: number;
  readonly order: number;
  callback: (() => void) | null;
}

const isBefore = (one: Due, other: Due): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** Hours that pass in seconds: whatever waits for an instant is called when the time comes to it, in one order always. */
export class VirtualTime implements Clock {
  #now = Date.UTC(2026, 10, 21);
  #orders = 0;
  /** A binary heap. */
  readonly #due: Due[] = [];

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const at = Math.ceil((this.#now + Math.max(0, delayMs)) / tickMs) * tickMs;
    const due: Due = { at, order: (this.#orders += 1), callback };
    this.#push(due);
    return {
      cancel: () => {
        due.callback = null;
      },
    };
  }

  async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.setTimer(resolve, ms));
  }

  /** Lets `ms` pass. */
  async run(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (let first = this.#due[0]; first !== undefined && first.at <= until; first = this.#due[0]) {
      this.#now = Math.max(this.#now, first.at);
      if (this.#callThoseDue()) await settled();
    }
    this.#now = until;
  }

  /** Lets `ms` pass at once, as for machines that were suspended: what was due meanwhile comes late, and once. */
  jump(ms: number): void {
    this.#now += ms;
  }

  #callThoseDue(): boolean {
    let called = false;
    for (let first = this.#due[0]; first !== undefined && first.at <= this.#now; first = this.#due[0]) {
      this.#pop();
      if (first.callback === null) continue;
      called = true;
      first.callback();
    }
    return called;
  }

  #push(due: Due): void {
    const heap = this.#due;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, due)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = due;
  }

  #pop(): void {
    const heap = this.#due;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = at * 2 + 1;
      let child = heap[below];
      const other = heap[below + 1];
      if (child !== undefined && other !== undefined && isBefore(other, child)) {
        below += 1;
        child = other;
      }
      if (child === undefined || isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}

/** Once every promise that can go on has gone on. */
async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
