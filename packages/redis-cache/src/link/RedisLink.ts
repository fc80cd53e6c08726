import { setTimeout } from 'node:timers/promises';
import { Breakers } from './Breakers.js';
import { failureOf, replyCodeOf, troubleOf } from '../failureOf.js';
import { listenTo } from './listenTo.js';
import { ReadOnlyAnswers } from './ReadOnlyAnswers.js';
import { ReconnectSignal } from './ReconnectSignal.js';
import type { ConnectionState, RedisDriver } from '../drivers/RedisDriver.js';
import { RedisFailure } from '../RedisFailure.js';
import { areaOf, slotOf } from '../slotOf.js';
import { withinLimit } from './withinLimit.js';

export type Send = (isReadOnly: boolean, args: readonly string[]) => Promise<unknown>;

/** Of a MOVED: what to do about it, for every client. */
export const clientForOneServer =
  'the client is for one server, and Redis is a Cluster (MOVED): make it with Cluster (ioredis), createCluster (redis) or GlideClusterClient';

/** What belongs to one call, as long as somebody waits for it. */
interface Ticket {
  isOver: boolean;
}

/** A node that has not done what it was told, because another has the key. Most clients ask that one by themselves. */
const redirections: ReadonlySet<string | undefined> = new Set(['MOVED', 'ASK']);
const firstPauseMs = 10;

/**
 * A client with what clients do not have by themselves: every call ends in time, a store that does not answer is asked
 * rarely, and it can be told when it is back.
 *
 * Nothing waits in the client's own queue, which has no bounds: while the client connects, a call waits here, for as long
 * as it may take, and then is not sent at all.
 */
export class RedisLink {
  /** Whether slots can move. */
  readonly isCluster: boolean;
  readonly reconnects: ReconnectSignal;
  readonly #driver: RedisDriver;
  readonly #now: () => number;
  readonly #breakers: Breakers;
  /** Calls that wait for the connection, and what lets them go on. */
  readonly #waiting = new Map<Ticket, () => void>();
  readonly #readOnlyAnswers = new ReadOnlyAnswers();
  #stopListening: () => void;
  #wasReady: boolean;
  #isClosed = false;
  /** The last error of the connection since it was ready, in words that can be shown. */
  #trouble: string | undefined;

  constructor(driver: RedisDriver, now: () => number) {
    this.#driver = driver;
    this.isCluster = driver.isCluster;
    this.#now = now;
    this.#breakers = new Breakers(now);
    this.#wasReady = driver.state() === 'ready';
    this.reconnects = new ReconnectSignal(driver.isCluster, this.#wasReady, now);
    this.#stopListening = this.#listen();
  }

  #listen(): () => void {
    return listenTo(this.#driver, {
      ready: () => this.#connected(),
      lost: () => this.reconnects.disconnected(),
      trouble: (error) => (this.#trouble = troubleOf(error)),
    });
  }

  /** It does not go where a node of a Cluster sends it. */
  get isForOneServer(): boolean {
    return this.#driver.followsRedirections === false;
  }

  /** After a failover it is led to the primary, if the address of its client is. */
  get reconnectsByItself(): boolean {
    return this.#driver.reconnect !== undefined;
  }

  /** @throws RedisFailure, and nothing else, within `limitMs` */
  async call<Result>(key: string, limitMs: number, work: (send: Send) => Promise<Result>): Promise<Result> {
    const slot = this.#driver.isCluster ? slotOf(key) : 0;
    const { isProbe } = this.#breakers.enter(areaOf(slot));
    const startedAt = this.#now();
    try {
      const result = await this.#within(
        limitMs,
        async (ticket) =>
          await work(async (isReadOnly, args) => await this.#send(ticket, key, isReadOnly, args)),
      );
      this.#answered(slot);
      return result;
    } catch (error) {
      const failure = this.#explained(failureOf(error));
      if (failure.kind === 'unreachable') this.#failed(slot, isProbe, startedAt, failure);
      else if (failure.redisCode === 'READONLY') this.#demoted(slot, startedAt);
      else this.#answered(slot);
      throw failure;
    }
  }

  /** As `call`, for what is not part of serving: it is always tried, and its outcome decides nothing for others. */
  async ask<Result>(limitMs: number, work: (driver: RedisDriver) => Promise<Result>): Promise<Result> {
    try {
      return await this.#within(limitMs, async () => await work(this.#driver));
    } catch (error) {
      throw this.#explained(failureOf(error));
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    this.reconnects.close();
    this.#driver.close?.();
  }

  /** Why there was no answer, as far as the client has told. */
  #explained(failure: RedisFailure): RedisFailure {
    if (failure.redisCode === 'MOVED' && this.isForOneServer)
      return new RedisFailure('unreachable', clientForOneServer, 'MOVED');
    if (failure.redisCode !== 'TIMEOUT') return failure;
    if (this.#driver.state() === 'closed' && !this.#wasReady) {
      const message = 'the client was never connected: call its connect(), and await it';
      return new RedisFailure('unreachable', message, 'NOT_CONNECTED');
    }
    const why = this.#whyUnanswered();
    return why === undefined
      ? failure
      : new RedisFailure('unreachable', `${failure.message}; ${why}`, 'TIMEOUT');
  }

  #whyUnanswered(): string | undefined {
    if (this.#trouble !== undefined) return `the client says ${this.#trouble}`;
    if (this.#driver.state() !== 'connecting') return undefined;
    return this.#driver.speaksTls
      ? 'the client is connecting by TLS, which a port without TLS never answers'
      : 'the client is connecting';
  }

  async #within<Result>(limitMs: number, work: (ticket: Ticket) => Promise<Result>): Promise<Result> {
    const ticket: Ticket = { isOver: false };
    try {
      return await withinLimit(
        limitMs,
        this.#whenReady(ticket).then(async () => await work(ticket)),
      );
    } finally {
      ticket.isOver = true;
      this.#waiting.delete(ticket);
    }
  }

  async #send(ticket: Ticket, key: string, isReadOnly: boolean, args: readonly string[]): Promise<unknown> {
    for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
      try {
        return await this.#driver.send(key, isReadOnly, args);
      } catch (error) {
        if (this.isForOneServer || !redirections.has(replyCodeOf(error))) throw error;
        // The client looks meanwhile where the slots are.
        await setTimeout(pauseMs);
        if (ticket.isOver) throw error;
      }
    }
  }

  #answered(slot: number): void {
    this.#wasReady = true;
    this.#trouble = undefined;
    this.#breakers.settle(areaOf(slot), { type: 'answered' });
    this.reconnects.answered(slot);
  }

  #failed(slot: number, isProbe: boolean, startedAt: number, { message }: RedisFailure): void {
    this.#breakers.settle(areaOf(slot), { type: 'unreachable', isProbe }, message);
    this.reconnects.failed(slot, startedAt);
  }

  /** It serves reads, but what it acknowledged as a primary may be lost. */
  #demoted(slot: number, startedAt: number): void {
    this.#breakers.settle(areaOf(slot), { type: 'answered' });
    this.reconnects.failed(slot, startedAt);
    if (this.#driver.reconnect !== undefined && this.#readOnlyAnswers.add(this.#now()))
      void this.#reconnect(this.#driver.reconnect);
  }

  /** Never rejects: if it fails, the next refusal tries it again. */
  async #reconnect(reconnect: () => Promise<void>): Promise<void> {
    try {
      await reconnect();
    } catch (error) {
      this.#trouble = troubleOf(error);
      return;
    }
    // Of node-redis it is another client from now on.
    this.#stopListening();
    if (this.#isClosed) return this.#driver.close?.();
    this.#stopListening = this.#listen();
    if (this.#driver.state() === 'ready') {
      this.reconnects.disconnected();
      this.#connected();
    }
  }

  #connected(): void {
    this.#wasReady = true;
    this.#trouble = undefined;
    this.#breakers.connected();
    this.reconnects.connected();
    if (!canSend(this.#driver.state())) return;
    for (const resume of this.#waiting.values()) resume();
    this.#waiting.clear();
  }

  async #whenReady(ticket: Ticket): Promise<void> {
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
