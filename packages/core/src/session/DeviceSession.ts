import type { Device } from '../device/Device.js';
import { publish } from '../diagnostics.js';
import type { PassError } from '../errors.js';
import type { Effect, PendingEffect } from '../registration/effect.js';
import type { Policy } from '../registration/policy.js';
import { initialState, type State } from '../registration/state.js';
import type { HeldToken } from '../registration/token.js';
import { transition } from '../registration/transition.js';
import type { TokenOptions } from './AccessTokens.js';
import { dcrCaller } from './DcrCalls.js';
import { failure, toPassError } from './failures.js';
import { runEffect, type Answer, type EffectParts } from './runEffect.js';
import { SessionWork } from './SessionWork.js';

/** What the sessions of one `Pass` share. */
export interface SessionHost extends EffectParts {
  readonly policy: Policy;
  /** How long a caller waits if it does not say. */
  readonly deadlineMs: number;
  readonly isClosing: () => boolean;
  /** Keeps a promise until it has settled, so that nothing floats and `close` can wait. */
  readonly track: (work: Promise<unknown>) => void;
  /** The session's work has ended, or it has come to know a pair. */
  readonly settled: (session: DeviceSession) => void;
}

/**
 * One device in this process: the state of its registration, the callers that wait for its token, and the one effect
 * that is running for it. Callers with a token in memory are answered without any of this.
 */
export class DeviceSession {
  readonly identifierKey: string;
  readonly tag: string;
  /** Set on each use and cleared by the pool's hand: says that the session was used since the hand last passed. */
  visited = true;
  /** Epoch milliseconds at which this process stored the device's pair; a young pair is not evicted. */
  storedAt = 0;
  readonly #host: SessionHost;
  #state: State;
  #token: HeldToken | null = null;
  #work: SessionWork | null = null;

  constructor(identifierKey: string, tag: string, jitter: number, host: SessionHost) {
    this.identifierKey = identifierKey;
    this.tag = tag;
    this.#host = host;
    this.#state = initialState(jitter);
  }

  /** Whether this process knows a pair for the device: such a session is worth keeping. */
  get hasCredentials(): boolean {
    const { pair, unpublished } = this.#state.known;
    return pair !== null || unpublished !== null;
  }

  get isResting(): boolean {
    return this.#work === null;
  }

  /** The token in memory, if it is usable; starts its renewal when that is due. Synchronous, and free of promises. */
  peek(device: Device, now: number): string | undefined {
    const token = this.#token;
    if (token === null || now >= token.servableUntil) return undefined;
    this.visited = true;
    if (now >= token.renewAt) {
      if (this.#work === null) this.#renew(device);
      else this.#work.renewalSeenDue = true;
    }
    return token.accessToken;
  }

  /** In the background: whatever goes wrong, the request that triggers it has its token. */
  #renew(device: Device): void {
    if (this.#host.isClosing()) return;
    try {
      this.#begin(device);
    } catch {
      // This device's headers cannot be sent. Its own calls will say so; another request of it renews the token.
      return;
    }
    this.#dispatch({ type: 'tokenNeeded' });
  }

  /** A usable token, other than `rejected`. Shares whatever work is going on. */
  async get(device: Device, options: TokenOptions): Promise<string> {
    const { clock, deadlineMs, isClosing } = this.#host;
    const { signal, rejected } = options;
    signal?.throwIfAborted();
    const now = clock.now();
    const held = this.peek(device, now);
    if (held !== undefined && held !== rejected) return held;
    if (isClosing()) throw closedError();
    const deadline = options.deadline ?? now + deadlineMs;
    const work = this.#work ?? this.#begin(device);
    const { waiting } = work;
    if (waiting !== null && waiting.failure !== null && deadline < waiting.until) {
      throw toPassError({ ...waiting.failure, retryAfterMs: waiting.until - now });
    }
    work.want();
    const answer = work.waiters.add({ signal, deadline, rejected });
    this.#dispatch(
      rejected === undefined ? { type: 'tokenNeeded' } : { type: 'tokenRejected', accessToken: rejected },
    );
    return await answer;
  }

  /** Turns every waiting caller away and ends what only waits; calls on the wire go on to their end. */
  close(): void {
    const work = this.#work;
    if (work === null) return;
    work.waiters.fail(closedError);
    work.abandon();
    if (work.waiting !== null) {
      work.waiting.timer.cancel();
      work.waiting = null;
      this.#dispatch({ type: 'waited', wanted: false });
    }
  }

  #begin(device: Device): SessionWork {
    this.#work = new SessionWork(this.tag, dcrCaller(device), this.#host.clock);
    return this.#work;
  }

  #dispatch(answer: Answer): void {
    const work = this.#work;
    if (work === null) return;
    let next: Answer | null = answer;
    while (next !== null) {
      const event = { ...next, now: this.#host.clock.now() };
      next = null;
      const before = this.#state;
      const { state, effects } = transition(before, event, this.#host.policy);
      this.#state = state;
      this.#token = state.known.token;
      for (const effect of effects) this.#run(effect, work);
      if (!mayHoldAdmission(state)) work.admission = null;
      if (state.known.pair !== null && state.known.pair !== before.known.pair) this.#host.settled(this);
      if (state.kind === 'resting') next = this.#rest(work);
    }
  }

  /** Nobody may be left waiting beside a session at rest, nor may a renewal be forgotten: whoever is, asks again. */
  #rest(work: SessionWork): Answer | null {
    if (work.waiters.size > 0) {
      const { rejected } = work.waiters;
      return rejected === undefined
        ? { type: 'tokenNeeded' }
        : { type: 'tokenRejected', accessToken: rejected };
    }
    if (work.renewalSeenDue && !this.#host.isClosing()) {
      work.renewalSeenDue = false;
      return { type: 'tokenNeeded' };
    }
    this.#work = null;
    this.#host.settled(this);
    return null;
  }

  #run(effect: Effect, work: SessionWork): void {
    switch (effect.type) {
      case 'deliver':
        return work.waiters.deliver(effect.token.accessToken);
      case 'fail': {
        const { failure: told } = effect;
        publish({ type: 'requestFailed', device: this.tag, code: told.code });
        return work.waiters.fail(() => toPassError(told));
      }
      case 'report': {
        const { report } = effect;
        if (report.type === 'credentialsRegistered' || report.type === 'credentialsReplaced') {
          this.storedAt = this.#host.clock.now();
        }
        return publish({ ...report, device: this.tag });
      }
      case 'wait':
        return this.#wait(effect, work);
      default:
        this.#host.track(this.#feed(runEffect(effect, work, this.#host), work));
    }
  }

  async #feed(answer: Promise<Answer>, work: SessionWork): Promise<void> {
    const answered = await answer;
    try {
      this.#dispatch(answered);
    } catch (error) {
      this.#broken(error, work);
    }
  }

  #wait(effect: Extract<PendingEffect, { readonly type: 'wait' }>, work: SessionWork): void {
    const { clock, isClosing, track } = this.#host;
    if (isClosing()) {
      // No timer: `close` waits for what is tracked, and a lease may still have to be given back.
      track(this.#feed(Promise.resolve({ type: 'waited', wanted: false }), work));
      return;
    }
    const { delayMs, failure: why } = effect;
    const until = clock.now() + delayMs;
    if (why !== null) work.waiters.failBefore(until, () => toPassError({ ...why, retryAfterMs: delayMs }));
    const timer = clock.setTimer(() => {
      work.waiting = null;
      this.#dispatch({ type: 'waited', wanted: work.waiters.size > 0 && !isClosing() });
    }, delayMs);
    work.waiting = { timer, until, failure: why };
  }

  /** A defect of this library must not become a hung request or an unhandled rejection. */
  #broken(error: unknown, work: SessionWork): void {
    work.admission = null;
    const { known } = this.#state;
    this.#state = { kind: 'resting', known };
    this.#work = null;
    work.waiters.fail(() =>
      error instanceof Error ? error : new Error('registration failed', { cause: error }),
    );
    this.#host.settled(this);
  }
}

/** A place among the registrations on the wire is given back as soon as the machine has left that path. */
function mayHoldAdmission(state: State): boolean {
  switch (state.kind) {
    case 'admitting':
    case 'registering':
    case 'permittingReplacement':
    case 'registeringReplacement':
      return true;
    case 'extendingLease':
      return state.next.kind === 'registering' || state.next.kind === 'registeringReplacement';
    default:
      return false;
  }
}

export function closedError(): PassError {
  return toPassError(failure('closed', 'the server is shutting down', { retryAfterMs: 1_000 }));
}
