import type { CacheFinding } from '@pass-dcr/core';

const pauseMs = 60_000;
const rememberedForMs = 600_000;

/** Remembers writes that too few replicas confirmed, and says so where operators look. */
export class ShortWaits {
  readonly #replicas: number;
  readonly #now: () => number;
  #count = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(replicas: number, now: () => number) {
    this.#replicas = replicas;
    this.#now = now;
  }

  add(): void {
    this.#count += 1;
    this.#lastAt = this.#now();
  }

  /** At most once a minute. */
  warn(confirmed: number): void {
    const now = this.#now();
    if (now - this.#warnedAt < pauseMs) return;
    this.#warnedAt = now;
    process.emitWarning(
      `redisCache: credentials were stored, but ${confirmed} of ${this.#replicas} replicas confirmed them in time: a failover now would lose them. Further ones within a minute are not reported.`,
      { type: 'PassDcrWarning', code: 'PASS_DCR_REDIS_SHORT_WAIT' },
    );
  }

  findings(): readonly CacheFinding[] {
    if (this.#now() - this.#lastAt > rememberedForMs) return [];
    return [
      {
        level: 'warning',
        code: 'redis_replica_not_confirmed',
        message: `${this.#count} writes of credentials were not confirmed by ${this.#replicas} replicas in time, the last within 10 minutes: a failover may lose them. Look at the replication of Redis.`,
      },
    ];
  }
}
