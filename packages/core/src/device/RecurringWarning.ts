import { hasListeners, publish, warningTable, type PassWarningCode } from '../diagnostics.js';
import { monotonicOf, systemClock, type Clock } from '../time/clock.js';

interface Met {
  /** Times since it was last told. */
  count: number;
  toldAtMs: number;
}

/**
 * A warning that any device can cause, and so as often as it likes: each kind of it is told at once, and then at most once
 * in a while, with how often it was met since.
 */
export class RecurringWarning {
  readonly #code: PassWarningCode;
  readonly #everyMs: number;
  readonly #clock: Clock;
  readonly #met: Map<string, Met> = new Map();

  constructor(code: PassWarningCode, everyMs: number, clock: Clock = systemClock) {
    this.#code = code;
    this.#everyMs = everyMs;
    this.#clock = clock;
  }

  /** `kind`: one of a few words of ours. */
  meet(kind: string): void {
    const met = this.#met.get(kind) ?? { count: 0, toldAtMs: Number.NEGATIVE_INFINITY };
    this.#met.set(kind, met);
    met.count += 1;
    const nowMs = monotonicOf(this.#clock);
    if (nowMs - met.toldAtMs < this.#everyMs || !hasListeners()) return;
    const { count } = met;
    met.count = 0;
    met.toldAtMs = nowMs;
    publish({
      type: 'warning',
      code: this.#code,
      message: `${warningTable[this.#code]} Of this kind: ${kind}.`,
      count,
    });
  }
}
