import { setTimeout } from 'node:timers/promises';
import { Breakers } from './Breakers.js';
import { failureOf, replyCodeOf } from '../failureOf.js';
import { listenTo } from './listenTo.js';
import { ReconnectSignal } from './ReconnectSignal.js';
import type { ConnectionState, RedisDriver } from '../drivers/RedisDriver.js';
import { RedisFailure } from '../RedisFailure.js';
import { areaOf, slotOf } from '../slotOf.js';
import { withinLimit } from './withinLimit.js';

export type Send = (isReadOnly: boolean, args: readonly string[]) => Promise<unknown>;

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
  readonly #stopListening: () => void;
  #wasReady: boolean;

  constructor(driver: RedisDriver, now: () => number) {
    this.#driver = driver;
    this.isCluster = driver.isCluster;
    this.#now = now;
    this.#breakers = new Breakers(now);
    this.#wasReady = driver.state() === 'ready';
    this.reconnects = new ReconnectSignal(driver.isCluster, this.#wasReady, now);
    this.#stopListening = listenTo(driver, (meaning) => {
      if (meaning === 'ready') this.#connected();
      else this.reconnects.disconnected();
    });
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
      const failure = failureOf(error);
      if (failure.kind === 'unreachable') this.#failed(slot, isProbe, startedAt);
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
      throw failureOf(error);
    }
  }

  close(): void {
    this.#stopListening();
    this.reconnects.close();
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
        if (!redirections.has(replyCodeOf(error))) throw error;
        // The client looks meanwhile where the slots are.
        await setTimeout(pauseMs);
        if (ticket.isOver) throw error;
      }
    }
  }

  #answered(slot: number): void {
    this.#wasReady = true;
    this.#breakers.settle(areaOf(slot), { type: 'answered' });
    this.reconnects.answered(slot);
  }

  #failed(slot: number, isProbe: boolean, startedAt: number): void {
    this.#breakers.settle(areaOf(slot), { type: 'unreachable', isProbe });
    this.reconnects.failed(slot, startedAt);
  }

  /** It serves reads, but what it acknowledged as a primary may be lost. */
  #demoted(slot: number, startedAt: number): void {
    this.#breakers.settle(areaOf(slot), { type: 'answered' });
    this.reconnects.failed(slot, startedAt);
  }

  #connected(): void {
    this.#wasReady = true;
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
