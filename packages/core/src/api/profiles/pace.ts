import { isPassError } from '../../errors.js';
import type { Timing } from '../../timing.js';
import { parameterInvalid } from '../answers/parameters.js';
import { described } from '../../described.js';
import type { WaitParameters } from './types.js';

/**
 * Whether a wait goes on after a question that has failed. A token that is rejected again passes too: a refresh is forced
 * only twice a minute, and the next token may be taken.
 */
export function passes(error: unknown): boolean {
  if (!isPassError(error) || error.code === 'closed') return false;
  return error.retryable || error.code === 'access_token_rejected';
}

/** When a question is asked and when the wait is over. */
export interface Pace {
  readonly intervalMs: number;
  /** From the first question. */
  readonly lastsMs: number;
}

/** @throws PassError `parameter_invalid` */
export function paceOf(
  { notAfter, intervalMs }: Pick<WaitParameters, 'notAfter' | 'intervalMs'>,
  now: number,
  timing: Pick<Timing['calls'], 'pollMs' | 'shortestPollMs' | 'codeLifeMs'>,
): Pace {
  mustBeNumber('notAfter', notAfter);
  mustBeNumber('intervalMs', intervalMs);
  return {
    intervalMs: Math.max(intervalMs ?? timing.pollMs, timing.shortestPollMs),
    // A time far away would be a mistake: no code lives for a day.
    lastsMs: Math.min(notAfter === undefined ? timing.codeLifeMs : notAfter - now, 24 * 60 * 60_000),
  };
}

/** The next question: the pace, unless Adobe Pass has asked for more patience. */
export function nextQuestion(
  askedAt: number,
  { intervalMs }: Pick<Pace, 'intervalMs'>,
  now: number,
  error?: unknown,
): number {
  const retryAfterMs = isPassError(error) ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(askedAt + intervalMs, now + retryAfterMs);
}

function mustBeNumber(name: string, value: unknown): void {
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value) && value > 0)) return;
  throw parameterInvalid(name, `must be a positive number of milliseconds, received ${described(value)}`);
}
