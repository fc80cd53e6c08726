import type { CacheEntry, SwapResult, Version } from '@pass-dcr/core';
import { RedisFailure } from '../RedisFailure.js';
import type { RedisLink } from '../link/RedisLink.js';
import { swapResultOf, textOf } from '../scripts/replies.js';
import { runScript } from '../scripts/runScript.js';
import { rewriteScript, swapScript } from '../scripts/scripts.js';
import { asConfirmed, asUnconfirmed, isUnconfirmed, storedTextOf } from '../scripts/storedValue.js';
import type { Acknowledged } from './Acknowledgement.js';
import type { ReplicatedWrites } from './ReplicatedWrites.js';

/** How credentials are written where replicas, or a disk, have to confirm them. */
export interface Replication {
  readonly writes: ReplicatedWrites;
  /** What is not confirmed must not be used, by anybody. */
  readonly isRequired: boolean;
  /** Says that it is not, where it may be used all the same. */
  readonly onShort: (acknowledged: Acknowledged) => void;
}

/**
 * What never expires is written with a mark where it must not be used unconfirmed, and the mark is taken away once it has
 * been confirmed. Whoever meets the mark, in any process, has it confirmed first: by the same text again, so that there is
 * a write to wait for.
 */
export class Confirmation {
  readonly #primary: RedisLink;
  readonly #replication: Replication | undefined;

  constructor(primary: RedisLink, replication: Replication | undefined) {
    this.#primary = primary;
    this.#replication = replication;
  }

  /** Writes and waits. @throws RedisFailure where it is required and not confirmed; then it is stored with its mark */
  async swap(
    replication: Replication,
    key: string,
    args: readonly [expected: string, version: string, value: string, ttlMs: string],
    version: Version | null,
    limitMs: number,
  ): Promise<SwapResult> {
    const { writes, isRequired, onShort } = replication;
    const [expected, next, value, ttlMs] = args;
    const written = isRequired ? asUnconfirmed(value) : value;
    // With its text, because a hash that the server does not know would be told only after the wait.
    const command = ['EVAL', swapScript.text, '1', key, expected, next, written, ttlMs];
    const { reply, acknowledged } = await writes.write(command, limitMs);
    const result = swapResultOf(reply, version);
    if (!result.ok) return result;
    if (!acknowledged.isEnough) {
      onShort(acknowledged);
      if (isRequired) throw notConfirmed(acknowledged);
    } else if (isRequired && version !== null) {
      await this.#unmark(key, { version, value: written }, limitMs);
    }
    return acknowledged.onDisk ? { ...result, durable: true } : result;
  }

  /** `entry`, once it may be used. `readAgain`: of the primary. */
  async settled(
    key: string,
    entry: CacheEntry | null,
    limitMs: number,
    readAgain: () => Promise<CacheEntry | null>,
  ): Promise<CacheEntry | null> {
    if (entry === null || !isUnconfirmed(entry)) return entry;
    if ((await this.#confirm(key, entry, limitMs)) === 'confirmed') return asConfirmed(entry);
    // It has been confirmed or replaced meanwhile, or a replica has answered that is behind.
    const now = await readAgain();
    if (now === null || !isUnconfirmed(now)) return now;
    if ((await this.#confirm(key, now, limitMs)) === 'confirmed') return asConfirmed(now);
    throw new RedisFailure('refused', 'the record changes all the time');
  }

  async #confirm(key: string, entry: CacheEntry, limitMs: number): Promise<'confirmed' | 'changed'> {
    if (this.#replication === undefined) {
      throw new RedisFailure(
        'refused',
        "the record was written with onShortWait: 'fail' and is not confirmed yet: give every process the same replicas and onShortWait",
      );
    }
    const { writes, onShort } = this.#replication;
    const text = storedTextOf(entry);
    const command = ['EVAL', rewriteScript.text, '1', key, text, text];
    const { reply, acknowledged } = await writes.write(command, limitMs);
    if (textOf(reply) !== 'stored') return 'changed';
    if (!acknowledged.isEnough) {
      onShort(acknowledged);
      throw notConfirmed(acknowledged);
    }
    await this.#unmark(key, entry, limitMs);
    return 'confirmed';
  }

  /** It is confirmed whether this is done or not: whoever meets the mark has it confirmed again. */
  async #unmark(key: string, entry: CacheEntry, limitMs: number): Promise<void> {
    const texts = [storedTextOf(entry), storedTextOf(asConfirmed(entry))];
    try {
      await this.#primary.call(
        key,
        limitMs,
        async (send) => await runScript(async (args) => await send(false, args), rewriteScript, [key], texts),
      );
    } catch {
      // Said above.
    }
  }
}

function notConfirmed({ text }: Acknowledged): RedisFailure {
  return new RedisFailure('refused', `the primary has stored it, but too few confirmed it in time (${text})`);
}
