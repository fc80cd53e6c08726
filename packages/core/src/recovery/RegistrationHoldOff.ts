import { failure } from '../registration/failure.js';
import type { Failure } from '../registration/event.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import type { HoldRecord } from './HoldRecord.js';
import { heldOffForMs, nextHoldOff, notHeldOff, type HoldOff, type HoldOffEvent } from './holdOff.js';

type Happening = HoldOffEvent extends infer Each
  ? Each extends HoldOffEvent
    ? Omit<Each, 'now'>
    : never
  : never;

export interface RegistrationHoldOffOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly record: HoldRecord;
  readonly timing: Timing['recovery'];
}

/** Why no device that looks new may be registered now: as this process knows it, and as it tells the others. */
export class RegistrationHoldOff {
  readonly #options: RegistrationHoldOffOptions;
  #holdOff: HoldOff = notHeldOff;

  constructor(options: RegistrationHoldOffOptions) {
    this.#options = options;
  }

  get isRestoring(): boolean {
    return this.#holdOff.isRestoring;
  }

  /** Returns whether the other processes are to be told. */
  note(happening: Happening): boolean {
    const { clock, timing } = this.#options;
    const { holdOff, say } = nextHoldOff(this.#holdOff, { ...happening, now: monotonicOf(clock) }, timing);
    this.#holdOff = holdOff;
    return say;
  }

  /** Why no device may be registered; `null`: one may. */
  reason(): Failure | null {
    const { clock, random, timing } = this.#options;
    const waitMs = heldOffForMs(this.#holdOff, monotonicOf(clock), timing);
    if (waitMs === 0) return null;
    // Not all at the same instant.
    const retryAfterMs = waitMs + Math.round(random() * timing.holdRetryMs);
    return failure(
      'cache_unavailable',
      'the cache is new, or came back moments ago: credentials that it may have lost are being put back',
      { retryAfterMs },
    );
  }

  /**
   * Before this process makes the record of the key space: others may know that it was there.
   * @throws PassError `cache_unavailable`
   */
  async beginAsNew(): Promise<void> {
    this.note({ type: 'foundNew' });
    await this.#options.record.begin(this.#options.timing.heldOffAsNewMs);
  }

  /** Tells the others that this process puts pairs back. @throws PassError `cache_unavailable` */
  async tellOthers(): Promise<void> {
    await this.#options.record.extend(this.#options.timing.heldOffAfterLossMs);
  }

  /** Whether another process puts pairs back. @throws PassError `cache_unavailable` */
  async askOthers(): Promise<void> {
    if (await this.#options.record.isSet()) this.note({ type: 'heldByAnother' });
  }
}
