import { publish } from '../diagnostics.js';
import { failure } from '../registration/failure.js';
import type { Failure } from '../registration/event.js';
import { allOver } from '../time/allOver.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import {
  heldOffForMs,
  holdToTell,
  nextHoldOff,
  notHeldOff,
  type HoldOff,
  type HoldOffEvent,
} from './holdOff.js';
import type { HoldRecord } from './HoldRecord.js';
import type { RecoveryRecord, RecoverySaid } from './RecoveryRecord.js';

type Happening = HoldOffEvent extends infer Each
  ? Each extends HoldOffEvent
    ? Omit<Each, 'now'>
    : never
  : never;

export interface RegistrationHoldOffOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Of a cache that is new. */
  readonly record: HoldRecord;
  /** Of pairs that are being put back. */
  readonly recovery: RecoveryRecord;
  readonly timing: Timing['recovery'];
}

/** Why no device that looks new may be registered now: as this process knows it, and as it tells the others. */
export class RegistrationHoldOff {
  readonly #options: RegistrationHoldOffOptions;
  #holdOff: HoldOff = notHeldOff;
  /** Another process has said something that may change. */
  #isToldByOthers = false;

  constructor(options: RegistrationHoldOffOptions) {
    this.#options = options;
  }

  /** Pairs are being put back, whether devices are registered meanwhile or not. */
  get isRestoring(): boolean {
    return this.#holdOff.restoring !== null;
  }

  /** Pairs are being put back, and devices are registered all the same. */
  get hasEnded(): boolean {
    return (this.#holdOff.restoring?.ended ?? null) !== null;
  }

  /** Whether it is worth asking the others, though no device needs it. */
  get hearsOfOthers(): boolean {
    return this.#isToldByOthers || this.isRestoring;
  }

  /** `missing`: pairs that are not known to be back. Returns whether the other processes are to be told. */
  note(happening: Happening, missing = 0): boolean {
    const { clock, timing } = this.#options;
    const event = { ...happening, now: monotonicOf(clock) };
    const { holdOff, say, ended } = nextHoldOff(this.#holdOff, event, timing);
    this.#holdOff = holdOff;
    if (ended !== null) publish({ type: 'recoveryIncomplete', pairsLeft: missing, reason: ended });
    return say;
  }

  /** Milliseconds for which no device of the range may be registered; 0: one may. */
  heldForMs(range: number, missing: number): number {
    const { clock, timing } = this.#options;
    return heldOffForMs(this.#holdOff, { range, missing, now: monotonicOf(clock) }, timing);
  }

  failure(waitMs: number): Failure {
    const { random, timing } = this.#options;
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

  /** Tells the others where this process puts pairs back. @throws PassError `cache_unavailable` */
  async tellOthers(missingIn: (range: number) => number): Promise<void> {
    const { clock, recovery, timing } = this.#options;
    const { ranges, forMs } = holdToTell(this.#holdOff, { missingIn, now: monotonicOf(clock) }, timing);
    if (ranges.size > 0) this.#hear(await recovery.extend(ranges, forMs));
  }

  /** Whether other processes put pairs back, or know the cache to be new. @throws PassError `cache_unavailable` */
  async askOthers(): Promise<void> {
    const { record, recovery } = this.#options;
    const [isNew, said] = await allOver([record.isSet(), recovery.look()]);
    if (isNew) this.note({ type: 'newForAnother' });
    this.#hear(said);
    this.#isToldByOthers = isNew || said.ranges.size > 0;
  }

  /** Registrations go on at once, in every process. @throws PassError `cache_unavailable` */
  async allow(): Promise<void> {
    this.note({ type: 'allowed' });
    const { record, recovery, timing } = this.#options;
    await allOver([recovery.allow(timing.allowedForMs), record.end()]);
  }

  #hear({ ranges, isAllowed }: RecoverySaid): void {
    if (isAllowed) this.note({ type: 'allowed' });
    else if (ranges.size > 0) this.note({ type: 'heldByAnother', ranges });
  }
}
