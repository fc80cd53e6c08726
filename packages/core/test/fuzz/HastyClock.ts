import type { Clock, Timer } from '../../src/time/clock.js';

const haste = 25;

/** Real time, but faster: for what needs sockets and cannot wait seconds. */
export class HastyClock implements Clock {
  readonly #startedAt: number = Date.now();

  now(): number {
    return this.#startedAt + (Date.now() - this.#startedAt) * haste;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const handle = setTimeout(callback, delayMs / haste);
    return { cancel: () => clearTimeout(handle) };
  }
}
