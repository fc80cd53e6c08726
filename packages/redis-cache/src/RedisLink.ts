import { areaOf, clusterAreas } from './areaOf.js';
import { admit, closedBreaker, nextBreakerState, type BreakerEvent, type BreakerState } from './breaker.js';
import type { ConnectionState, EventMeaning, RedisDriver } from './RedisDriver.js';
import { failureOf } from './failureOf.js';
import { ReconnectSignal } from './ReconnectSignal.js';
import { RedisFailure } from './RedisFailure.js';
import { withinLimit } from './withinLimit.js';

export type Send = (isReadOnly: boolean, args: readonly string[]) => Promise<unknown>;

/**
 * A client with what clients do not have by themselves: every call ends in time, a store that does not answer is asked
 * rarely, and it can be told when it is back.
 *
 * Nothing waits in the client's own queue, which has no bounds: while the client connects, a call waits here, for as long
 * as it may take, and then is not sent at all.
 */
export class RedisLink {
  readonly reconnects: ReconnectSignal;
  readonly #driver: RedisDriver;
  readonly #now: () => number;
  readonly #breakers = new Map<number, BreakerState>();
  /** Calls that wait for the connection, and what lets them go on. */
  readonly #waiting = new Map<object, () => void>();
  readonly #stopListening: () => void;
  #wasReady = false;

  constructor(driver: RedisDriver, now: () => number) {
    this.#driver = driver;
    this.#now = now;
    this.#wasReady = driver.state() === 'ready';
    this.reconnects = new ReconnectSignal(driver.isCluster ? clusterAreas : 1, this.#wasReady, now);
    this.#stopListening = listen(driver, (meaning) =>
      meaning === 'ready' ? this.#connected() : this.reconnects.disconnected(),
    );
  }

  /** @throws RedisFailure, and nothing else, within `limitMs` */
  async call<Result>(key: string, limitMs: number, work: (send: Send) => Promise<Result>): Promise<Result> {
    const area = this.#driver.isCluster ? areaOf(key) : 0;
    const isProbe = this.#enter(area);
    const startedAt = this.#now();
    try {
      const result = await this.ask(
        limitMs,
        async (driver) => await work(async (isReadOnly, args) => await driver.send(key, isReadOnly, args)),
      );
      this.#answered(area);
      return result;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'unreachable') this.#failed(area, isProbe, startedAt);
      else if (failure.redisCode === 'READONLY') this.#demoted(area, startedAt);
      else this.#answered(area);
      throw failure;
    }
  }

  /** As `call`, for what is not part of serving: it is always tried, and its outcome decides nothing for others. */
  async ask<Result>(limitMs: number, work: (driver: RedisDriver) => Promise<Result>): Promise<Result> {
    const ticket = {};
    try {
      return await withinLimit(
        limitMs,
        this.#whenReady(ticket).then(async () => await work(this.#driver)),
      );
    } catch (error) {
      throw failureOf(error);
    } finally {
      this.#waiting.delete(ticket);
    }
  }

  close(): void {
    this.#stopListening();
    this.reconnects.close();
  }

  /** Whether the call that enters is the one that has to find out. */
  #enter(area: number): boolean {
    const admission = admit(this.#breakers.get(area) ?? closedBreaker, this.#now());
    this.#breakers.set(area, admission.state);
    if (admission.admitted) return admission.isProbe;
    throw new RedisFailure(
      'suspended',
      `Redis did not answer before and is asked again in ${Math.ceil(admission.retryAfterMs)} ms`,
    );
  }

  #answered(area: number): void {
    this.#wasReady = true;
    this.#settle(area, { type: 'answered' });
    this.reconnects.answered(area);
  }

  #failed(area: number, isProbe: boolean, startedAt: number): void {
    this.#settle(area, { type: 'unreachable', isProbe });
    this.reconnects.failed(area, startedAt);
  }

  /** It serves reads, but what it acknowledged as a primary may be lost. */
  #demoted(area: number, startedAt: number): void {
    this.#settle(area, { type: 'answered' });
    this.reconnects.failed(area, startedAt);
  }

  #settle(area: number, event: BreakerEvent): void {
    const state = nextBreakerState(this.#breakers.get(area) ?? closedBreaker, event, this.#now());
    if (state === closedBreaker) this.#breakers.delete(area);
    else this.#breakers.set(area, state);
  }

  #connected(): void {
    this.#wasReady = true;
    for (const area of this.#breakers.keys()) this.#settle(area, { type: 'connected' });
    this.reconnects.connected();
    if (!canSend(this.#driver.state())) return;
    for (const resume of this.#waiting.values()) resume();
    this.#waiting.clear();
  }

  async #whenReady(ticket: object): Promise<void> {
    const state = this.#driver.state();
    if (canSend(state)) return;
    if (state === 'closed' && this.#wasReady) {
      throw new RedisFailure('unreachable', 'the client is closed', 'CLOSED');
    }
    if (state === 'idle') this.#driver.connect?.();
    await new Promise<void>((resolve) => {
      this.#waiting.set(ticket, resolve);
    });
  }
}

function canSend(state: ConnectionState): boolean {
  return state === 'ready' || state === 'unknown';
}

function listen({ events }: RedisDriver, hear: (meaning: 'ready' | 'lost') => void): () => void {
  if (events === undefined) return () => undefined;
  const { emitter, meanings } = events;
  const listeners = Object.entries(meanings).map(([event, meaning]) => {
    const listener = (argument: unknown): void => {
      const heard = meaningOf(meaning, argument);
      if (heard !== 'neither') hear(heard);
    };
    emitter.on(event, listener);
    return () => void emitter.removeListener(event, listener);
  });
  return () => {
    for (const stop of listeners) stop();
  };
}

function meaningOf(meaning: EventMeaning, argument: unknown): 'ready' | 'lost' | 'neither' {
  return typeof meaning === 'function' ? meaning(argument) : meaning;
}
