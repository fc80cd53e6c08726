/**
 * Why a command did not do its work: `unreachable` nobody answered, or who answered cannot serve now; `refused` the server
 * answered that it will not do this; `unusable` its answer is none; `suspended` it was not asked.
 */
export type FailureKind = 'unreachable' | 'refused' | 'unusable' | 'suspended';

/** Says what happened in words of its own: a driver's error may hold addresses, commands and their arguments. */
export class RedisFailure extends Error {
  readonly kind: FailureKind;
  /** What the server or the system calls it, such as `OOM` or `ECONNREFUSED`. */
  readonly redisCode: string | undefined;

  constructor(kind: FailureKind, message: string, redisCode?: string) {
    super(message);
    this.name = 'RedisFailure';
    this.kind = kind;
    this.redisCode = redisCode;
  }
}
