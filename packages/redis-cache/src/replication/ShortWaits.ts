import type { CacheFinding } from '@pass-dcr/core';
import type { Acknowledged, Acknowledgement } from './Acknowledgement.js';

const pauseMs = 60_000;
const rememberedForMs = 600_000;

/** Remembers writes that too few replicas confirmed, and says so where operators look. */
export class ShortWaits {
  readonly #wanted: Acknowledgement;
  readonly #now: () => number;
  #count = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(wanted: Acknowledgement, now: () => number) {
    this.#wanted = wanted;
    this.#now = now;
  }

  add(): void {
    this.#count += 1;
    this.#lastAt = this.#now();
  }

  /** At most once a minute. */
  warn({ text }: Acknowledged): void {
    const now = this.#now();
    if (now - this.#warnedAt < pauseMs) return;
    this.#warnedAt = now;
    process.emitWarning(
      `redisCache: credentials were stored, but not confirmed in time (by ${text}): a failover now would lose them. Further ones within a minute are not reported.`,
      { type: 'PassDcrWarning', code: 'PASS_DCR_REDIS_SHORT_WAIT' },
    );
  }

  findings(): readonly CacheFinding[] {
    if (this.#now() - this.#lastAt > rememberedForMs) return [];
    return [
      {
        level: 'warning',
        code: 'redis_replica_not_confirmed',
        message: `${this.#count} writes of credentials were not confirmed by ${wantedText(this.#wanted)} in time, the last within 10 minutes: a failover may lose them. Look at the replication of Redis${this.#wanted.disk ? ', and whether it has WAITAOF, appendonly yes, and with Valkey or Redis 7.4 appendfsync always' : ''}.`,
      },
    ];
  }
}

function wantedText({ replicas, disk }: Acknowledgement): string {
  if (!disk) return `${replicas} replicas`;
  return replicas === 0 ? 'the disk' : `the disk and those of ${replicas} replicas`;
}
