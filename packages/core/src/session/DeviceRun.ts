import { isErrorLike } from '../errorShape.js';
import { monotonicOf, type Clock, type Timer } from '../time/clock.js';
import { publish } from '../diagnostics.js';
import type { Effect, PendingEffect } from '../registration/effect.js';
import type { Answer, Failure } from '../registration/event.js';
import type { Policy } from '../registration/policy.js';
import type { Known, State } from '../registration/state.js';
import { servable } from '../registration/token.js';
import { transition } from '../registration/transition.js';
import type { TokenOptions } from './AccessTokens.js';
import { Afterwards } from './Afterwards.js';
import type { LookOutcome } from '../recovery/KnownPairs.js';
import type { Admission } from '../admission/Admissions.js';
import type { Place } from '../admission/RegistrationBudget.js';
import { keepsPlace } from '../registration/admission.js';
import type { DcrCaller } from '../dcr/DcrCalls.js';
import { closedError, toPassError } from '../failures.js';
import { askedPair, runEffect, type EffectParts, type EffectSubject } from './runEffect.js';
import type { RenewalOutcome } from './EarlyRenewals.js';
import { Waiters } from './Waiters.js';
import type { SteadyTime } from '../time/SteadyTime.js';
import type { Timing } from '../timing.js';

/** What the runs of one `Pass` share. */
export interface RunHost extends EffectParts {
  readonly clock: Clock;
  /** That of the memory, in which a run has its own. */
  readonly time: SteadyTime;
  readonly policy: Policy;
  readonly timing: Timing['calls'];
  readonly isClosing: () => boolean;
  /** Keeps a promise until it has settled, so that nothing floats and `close` can wait. */
  readonly track: (work: Promise<unknown>) => void;
  /** The run knows something else than before. Called before anybody is told. */
  readonly learned: (run: DeviceRun) => void;
  /** The pair of the device is new: every replica of the cache may not have it yet. */
  readonly hasNewPair: (run: DeviceRun) => void;
  /** The work has ended, and so has the run. */
  readonly ended: (run: DeviceRun) => void;
}

/**
 * The work on one device in this process, from the first caller that needs it to its end: the state of the
 * registration, the callers that wait for its token, and the one effect that is running for it. A device whose token is
 * in memory has none.
 */
export class DeviceRun implements EffectSubject {
  readonly identifierKey: string;
  readonly tag: string;
  /** Its time begins here, and whatever happens to the system's clock meanwhile does not befall it. Epoch milliseconds. */
  readonly epoch: number;
  /** Who the work is done for; `null`: for nobody, which then needs no call. */
  caller: DcrCaller | null;
  readonly #host: RunHost;
  readonly #waiters: Waiters;
  #state: State;
  /** The wait that is going on, if one is. `until`: of the monotonic clock. */
  #waiting: { readonly timer: Timer; readonly until: number; readonly failure: Failure | null } | null = null;
  readonly #afterwards: Afterwards = new Afterwards();
  /** The pair that was confirmed since the last caller came who waits for that, by its client id. */
  #confirmed: string | null = null;
  #unwanted: AbortController = new AbortController();
  #admission: Admission | null = null;
  beside: Promise<Failure | null> | null = null;
  #place: Place | null = null;
  #hasEnded = false;
  /** What Adobe Pass said of the pair that counts, if this work has asked. */
  #saidOfPair: RenewalOutcome = 'unknown';
  #tellEnded: (() => void) | null = null;
  #looked: LookOutcome = 'there';
  #tellLooked: (() => void) | null = null;

  constructor(
    identifierKey: string,
    tag: string,
    known: Known,
    caller: DcrCaller | null,
    epoch: number,
    host: RunHost,
  ) {
    this.identifierKey = identifierKey;
    this.tag = tag;
    this.caller = caller;
    this.epoch = epoch;
    this.#host = host;
    this.#waiters = new Waiters(host.clock, host.timing, () => this.#unwanted.abort());
    this.#state = { kind: 'resting', known };
  }

  get known(): Known {
    return this.#state.known;
  }

  /** Epoch milliseconds, as the system's clock had it when this work began. */
  now(): number {
    return this.epoch + this.#host.time.nowMs();
  }

  /** Aborted when no caller waits any more: a queue is left, but nothing on the wire is broken off. */
  get unwanted(): AbortSignal {
    return this.#unwanted.signal;
  }

  /** The leave to register that this work holds; letting go of it ends it. */
  get admission(): Admission | null {
    return this.#admission;
  }

  set admission(next: Admission | null) {
    if (this.#admission !== next) this.#admission?.end();
    this.#admission = next;
  }

  /** The place among the register calls on the wire that this work has waited for; letting go of it gives it to the next. */
  get place(): Place | null {
    return this.#place;
  }

  set place(next: Place | null) {
    if (this.#place !== next) this.#place?.end();
    this.#place = next;
  }

  /** In the background: whatever goes wrong, the request that found the token due has it. */
  renew(): void {
    if (this.#state.kind === 'resting') this.#dispatch({ type: 'tokenNeeded' });
    else this.#afterwards.renewalIsDue = true;
  }

  /** Renews the token before it is due, and says what Adobe Pass said. Only for work that has not begun. */
  async bearWitness(): Promise<RenewalOutcome> {
    if (this.#state.kind !== 'resting') return 'unknown';
    const ended = new Promise<void>((resolve) => (this.#tellEnded = resolve));
    this.#dispatch({ type: 'witnessWanted' });
    await ended;
    return this.#saidOfPair;
  }

  /** Looks whether the cache still has the pair: now, or (`'busy'`) once this work has ended. */
  async look(): Promise<LookOutcome> {
    if (this.#state.kind !== 'resting') {
      this.#afterwards.lossIsSuspected = true;
      return 'busy';
    }
    this.#looked = 'there';
    const looked = new Promise<void>((resolve) => (this.#tellLooked = resolve));
    this.#dispatch({ type: 'lossSuspected' });
    await looked;
    return this.#looked;
  }

  /** Notes what the answer to a call with this token has shown: now, or once this work has ended. */
  saw(what: 'signInSeen' | 'signOutSeen', accessToken: string): void {
    const { token, pair } = this.known;
    const says = pair !== null && token?.accessToken === accessToken;
    if (this.#state.kind === 'resting') {
      if (says) this.#dispatch({ type: what, clientId: pair.clientId });
      else this.#end();
    } else if (says) this.#afterwards.seen = { type: what, clientId: pair.clientId };
  }

  /** A usable token, other than `rejected`; with `binds` of a confirmed pair. Shares whatever work is going on. */
  get({ signal, rejected, deadline, binds = false }: TokenOptions): Promise<string> {
    const waiting = this.#waiting;
    if (waiting !== null && waiting.failure !== null && deadline < waiting.until) {
      const retryAfterMs = waiting.until - monotonicOf(this.#host.clock);
      return Promise.reject(toPassError({ ...waiting.failure, retryAfterMs }));
    }
    if (this.#unwanted.signal.aborted) this.#unwanted = new AbortController();
    const answer = this.#waiters.add({ signal, deadline, rejected, binds });
    if (binds) this.#confirmed = null;
    if (rejected !== undefined) this.#dispatch({ type: 'tokenRejected', accessToken: rejected });
    else
      this.#dispatch(
        binds && this.#state.kind === 'resting' ? this.#confirmation() : { type: 'tokenNeeded' },
      );
    return answer;
  }

  /** Turns every waiting caller away and ends what only waits; calls on the wire go on to their end. */
  close(): void {
    this.#waiters.fail(() => closedError(this.#host.timing.closedRetryMs));
    this.#unwanted.abort();
    if (this.#waiting !== null) {
      this.#waiting.timer.cancel();
      this.#waiting = null;
      this.#dispatch({ type: 'waited', wanted: false });
    }
  }

  /** A defect of this library must not become a hung request, an unhandled rejection, or the end of the process. */
  #dispatch(answer: Answer): void {
    if (this.#hasEnded) {
      // What a defect has ended may be given a place to register all the same.
      this.admission = null;
      this.place = null;
      return;
    }
    try {
      this.#advance(answer);
    } catch (error) {
      this.admission = null;
      this.place = null;
      this.#waiters.fail(() =>
        isErrorLike(error) ? error : new Error('registration failed', { cause: error }),
      );
      this.#end();
    }
  }

  #advance(answer: Answer): void {
    let next: Answer | null = answer;
    while (next !== null) {
      const event = { ...next, now: this.now() };
      next = null;
      const before = this.#state;
      const { state, effects } = transition(before, event, this.#host.policy);
      this.#state = state;
      if (!keepsPlace(state)) this.place = null;
      if (state.known !== before.known) this.#host.learned(this);
      for (const effect of effects) this.#run(effect);
      if (state.kind === 'resting') next = this.#rest();
    }
  }

  /** Nobody may be left waiting beside a device at rest, nor may a renewal be forgotten: whoever is, asks again. */
  #rest(): Answer | null {
    this.#tellLooked?.();
    this.#tellLooked = null;
    const { first } = this.#waiters;
    if (first !== undefined) {
      const { rejected, binds } = first;
      if (rejected !== undefined) return { type: 'tokenRejected', accessToken: rejected };
      return binds ? this.#confirmation() : { type: 'tokenNeeded' };
    }
    const next = this.#host.isClosing() ? null : this.#afterwards.take();
    if (next === null) this.#end();
    return next;
  }

  /** A pair is confirmed once there is a token of it: without one, the call that it is for could not be made. */
  #confirmation(): Answer {
    return this.#usableToken === null ? { type: 'tokenNeeded' } : { type: 'confirmNeeded' };
  }

  get #usableToken(): string | null {
    return servable(this.known.token, this.now())?.accessToken ?? null;
  }

  #end(): void {
    this.#hasEnded = true;
    this.#host.ended(this);
    this.#tellEnded?.();
    this.#tellLooked?.();
  }

  #run(effect: Effect): void {
    switch (effect.type) {
      case 'deliver': {
        const { accessToken } = effect.token;
        // It came after the pair was confirmed.
        if (this.#confirmed !== null && this.#confirmed === this.known.pair?.clientId)
          return this.#waiters.deliverConfirmed(accessToken);
        return this.#waiters.deliver(accessToken);
      }
      case 'confirmed': {
        this.#confirmed = this.known.pair?.clientId ?? null;
        const token = this.#usableToken;
        if (token !== null) this.#waiters.deliverConfirmed(token);
        return;
      }
      case 'unconfirmed':
        return this.#fail(effect.failure, true);
      case 'fail':
        // Beside a usable token, only those are meant who have seen it rejected.
        return this.#fail(effect.failure, this.#usableToken === null ? 'all' : false);
      case 'pairStored':
        this.#host.hasNewPair(this);
        return this.#host.recovery.stored(this.identifierKey);
      case 'changedPairServed':
        return this.#host.replacements.issued(askedPair(this.tag, effect.credentials));
      case 'placeUnused':
        return this.#host.replacements.placeUnused(this.tag);
      case 'pairRestored':
        this.#looked = 'putBack';
        return this.#host.recovery.restored(this.identifierKey);
      case 'checkUnanswered':
        this.#looked = 'unanswered';
        return;
      case 'endAdmission':
        this.admission = null;
        return;
      case 'report':
        return publish({ ...effect.report, device: this.tag });
      case 'wait':
        return this.#wait(effect);
      case 'readRecords':
      case 'swapLease':
      case 'swapCredentials':
      case 'swapToken':
      case 'queueToRegister':
      case 'admitRegistration':
      case 'register':
      case 'weighRefusal':
      case 'takePlace':
        return this.#host.track(this.#feed(runEffect(effect, this, this.#host)));
      case 'requestToken':
        return this.#host.track(this.#ask(effect));
    }
  }

  async #feed(answer: Promise<Answer>): Promise<void> {
    this.#dispatch(await answer);
  }

  async #ask(effect: Extract<PendingEffect, { readonly type: 'requestToken' }>): Promise<void> {
    const answer = await runEffect(effect, this, this.#host);
    if (!effect.isTrial) this.#saidOfPair = saidOf(answer);
    this.#dispatch(answer);
  }

  /** Tells those who wait for a confirmation (`true`), the others (`false`), or all. */
  #fail(told: Failure, whom: boolean | 'all'): void {
    const error = (): unknown => toPassError(told);
    if (whom === 'all') this.#waiters.fail(error);
    else this.#waiters.failOnly(whom, error);
  }

  #wait(effect: Extract<PendingEffect, { readonly type: 'wait' }>): void {
    const { clock, isClosing, recovery, track } = this.#host;
    if (isClosing()) {
      // No timer: `close` waits for what is tracked, and a lease may still have to be given back.
      track(this.#feed(Promise.resolve({ type: 'waited', wanted: false })));
      return;
    }
    const { delayMs, failure: why } = effect;
    const onOver = (): void => {
      this.#waiting = null;
      this.#dispatch({ type: 'waited', wanted: this.#waiters.size > 0 && !isClosing() });
    };
    const timer =
      effect.untilNotHeldOff === true
        ? recovery.whenNotHeldOff(this.tag, { onOver, onLonger: (forMs) => this.#waitLonger(forMs) })
        : clock.setTimer(onOver, delayMs);
    this.#waiting = { timer, until: monotonicOf(clock) + delayMs, failure: why };
    this.#failLate(delayMs);
  }

  #waitLonger(forMs: number): void {
    const waiting = this.#waiting;
    const until = monotonicOf(this.#host.clock) + forMs;
    if (waiting === null || until <= waiting.until) return;
    this.#waiting = { ...waiting, until };
    this.#failLate(forMs);
  }

  /** Tells those at once whose deadline comes before the end of the wait. */
  #failLate(forMs: number): void {
    const { until, failure: why } = this.#waiting ?? { until: 0, failure: null };
    if (why !== null) this.#waiters.failBefore(until, () => toPassError({ ...why, retryAfterMs: forMs }));
  }
}

function saidOf(answer: Answer): RenewalOutcome {
  if (answer.type === 'tokenIssued') return 'issued';
  const isRefused = answer.type === 'tokenFailed' && answer.failure.code === 'client_credentials_rejected';
  return isRefused ? 'refused' : 'unknown';
}
