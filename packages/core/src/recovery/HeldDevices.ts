import type { Clock, Timer } from '../time/clock.js';
import type { Timing } from '../timing.js';

/** A device whose registration is held off. */
export interface HeldDevice {
  readonly range: number;
  /** It may be registered now. */
  readonly onOver: () => void;
  /** It goes on for so long. */
  readonly onLonger: (forMs: number) => void;
}

export interface HeldDevicesOptions {
  readonly clock: Clock;
  readonly timing: Timing['recovery'];
  /** Milliseconds for which no device of the range may be registered. */
  readonly heldForMs: (range: number) => number;
}

/** The devices that wait for a hold to end: on one timer, and without asking the cache. */
export class HeldDevices {
  readonly #options: HeldDevicesOptions;
  readonly #waiting: Set<HeldDevice> = new Set();
  #timer: Timer | null = null;

  constructor(options: HeldDevicesOptions) {
    this.#options = options;
  }

  /** Exactly one of its calls ends the wait: `onOver`, or `cancel` of what this returns. */
  wait(device: HeldDevice): Timer {
    this.#waiting.add(device);
    this.#startTimer();
    return {
      cancel: () => {
        this.#waiting.delete(device);
        if (this.#waiting.size > 0) return;
        this.#timer?.cancel();
        this.#timer = null;
      },
    };
  }

  #startTimer(): void {
    if (this.#timer !== null || this.#waiting.size === 0) return;
    const { clock, timing, heldForMs } = this.#options;
    const ranges = new Set([...this.#waiting].map(({ range }) => range));
    // Looked at again before the end as it is known now: it may come sooner.
    const endsInMs = Math.min(timing.holdRetryMs, ...[...ranges].map(heldForMs));
    this.#timer = clock.setTimer(
      () => {
        this.#timer = null;
        this.#release();
        this.#startTimer();
      },
      Math.max(timing.releaseEveryMs, endsInMs),
    );
  }

  /** Not all at once: the cache has just come back. */
  #release(): void {
    const { heldForMs, timing } = this.#options;
    const leftMs = new Map<number, number>();
    let released = 0;
    for (const device of [...this.#waiting]) {
      const { range } = device;
      const forMs = leftMs.get(range) ?? heldForMs(range);
      leftMs.set(range, forMs);
      if (forMs > 0) {
        device.onLonger(forMs);
      } else if (released < timing.releasedAtOnce) {
        released += 1;
        this.#waiting.delete(device);
        device.onOver();
      }
    }
  }
}
