import { createHash, randomUUID } from 'node:crypto';
import type { Authorization } from '../api/decisions/types.js';
import type { PassCache } from '../cache/PassCache.js';
import { checkOptions } from '../checkOptions.js';
import { isPassError, PassError } from '../errors.js';
import * as check from '../optionChecks.js';
import { publishFailure } from '../publishFailure.js';
import { settleWithin } from '../time/settleWithin.js';
import { systemClock, type Clock } from '../time/clock.js';
import type { MediaTokenStatus, MediaTokenVerifier } from './MediaTokenVerifier.js';

export interface MediaTokenGuardOptions {
  readonly verifier: MediaTokenVerifier;
  /** Where used tokens are remembered, by their hash: what all servers that release streams share. May be that of the Pass. */
  readonly cache: PassCache;
  /** How long the verifier may take, in milliseconds. Default 2 000. */
  readonly verifierTimeoutMs?: number | undefined;
  /** Milliseconds by which your clock may differ from Adobe's. Default 0: the token's life has room for that already. */
  readonly clockToleranceMs?: number | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** A decision, as `client.decisions.authorize` gave it or an app handed it on, and what is to be played. */
export interface MediaTokenQuestion {
  readonly decision: Pick<Authorization, 'authorized' | 'resource'> & {
    readonly token?:
      | {
          readonly serializedToken: string;
          /** Epoch milliseconds. */
          readonly notBefore?: number | undefined;
          /** Epoch milliseconds. */
          readonly notAfter?: number | undefined;
        }
      | undefined;
  };
  /** To the letter. */
  readonly resource: string;
}

export type MediaTokenVerdict =
  | { readonly accepted: true }
  | {
      readonly accepted: false;
      readonly reason:
        | 'notAuthorized'
        | 'otherResource'
        | 'tokenMissing'
        | 'notYetValid'
        | 'expired'
        /** Somebody has played with this token already. */
        | 'usedBefore';
    }
  | {
      readonly accepted: false;
      /** The verifier does not say `VALID_TOKEN`. */
      readonly reason: 'notVerified';
      readonly status: Exclude<MediaTokenStatus, 'VALID_TOKEN'>;
    };

export interface MediaTokenGuard {
  /**
   * Whether to release the stream: the decision permits this resource, now lies in the token's time, the verifier takes the
   * token for Adobe's, and it is used for the first time. Of any number of servers that ask at once with one token, one is
   * told yes. A verifier that throws, takes too long or answers anything else counts as `ERROR_UNKNOWN`.
   * @throws PassError `cache_unavailable`: nobody knows whether the token was used, so do not play; `parameter_invalid`
   */
  check(question: MediaTokenQuestion): Promise<MediaTokenVerdict>;
}

/** A token whose end is not known is remembered for so long: none in any document lives longer than ten minutes. */
const rememberedMs = 24 * 60 * 60_000;

const keyPrefix = 'pass-dcr:media:';
const cacheTimeoutMs = 2_000;
const cacheRetryMs = 1_000;

/**
 * Stands in your playback service before a stream is released.
 * @throws PassError `option_invalid`
 * @example
 * const guard = mediaTokenGuard({ verifier, cache });
 * const verdict = await guard.check({ decision, resource: 'REF30' });
 * if (!verdict.accepted) throw new Error(`no stream: ${verdict.reason}`);
 */
export function mediaTokenGuard(options: MediaTokenGuardOptions): MediaTokenGuard {
  const {
    verifier,
    cache,
    verifierTimeoutMs,
    clockToleranceMs,
    clock = systemClock,
  } = checkOptions<MediaTokenGuardOptions>(
    options,
    {
      verifier: check.that('must have a method verify()', isVerifier),
      cache: check.that('must be a PassCache', isCache),
      verifierTimeoutMs: check.optional(check.wholeNumber(1, 60_000, 'milliseconds'), 2_000),
      clockToleranceMs: check.optional(check.wholeNumber(0, 60_000, 'milliseconds'), 0),
      clock: check.optional(check.that('must be a Clock', isClock)),
    },
    { whole: 'mediaTokenGuard: the options', prefix: 'mediaTokenGuard: ' },
  );

  async function ask(serializedToken: string, resource: string): Promise<MediaTokenStatus> {
    const ending = new AbortController();
    try {
      const status: unknown = await settleWithin<unknown>(
        clock,
        verifierTimeoutMs ?? 0,
        async () => await verifier.verify({ serializedToken, resource, signal: ending.signal }),
        () => new Error('too late'),
      );
      return statuses.find((each) => each === status) ?? 'ERROR_UNKNOWN';
    } catch {
      return 'ERROR_UNKNOWN';
    } finally {
      ending.abort();
    }
  }

  /** Whether this is the first time: the one `swap` that finds nothing decides, in whichever process. */
  async function use(serializedToken: string, notAfter: number | undefined): Promise<boolean> {
    const hash = createHash('sha256').update(serializedToken).digest('hex');
    const leftMs = notAfter === undefined ? rememberedMs : notAfter - clock.now();
    const ttlMs = Math.max(1, Math.ceil(leftMs)) + (clockToleranceMs ?? 0) + cacheTimeoutMs;
    try {
      // Not the same text twice: a cache takes the repetition of one write for a success.
      const value = randomUUID();
      const swapped = await settleWithin(
        clock,
        cacheTimeoutMs,
        async () => await cache.swap(keyPrefix + hash, null, { value, ttlMs }, { timeoutMs: cacheTimeoutMs }),
        () => new Error('too late'),
      );
      return swapped.ok;
    } catch {
      throw new PassError(
        'cache_unavailable',
        'the cache does not say whether the media token was used before',
        {
          retryAfterMs: cacheRetryMs,
        },
      );
    }
  }

  async function checked(question: MediaTokenQuestion): Promise<MediaTokenVerdict> {
    const { decision, resource } = checkedQuestion(question);
    const now = clock.now();
    const refused = cheaply(decision, resource, now, clockToleranceMs ?? 0);
    if (refused !== undefined) return { accepted: false, reason: refused };
    const { serializedToken = '', notAfter } = decision.token ?? {};
    const status = await ask(serializedToken, resource);
    if (status !== 'VALID_TOKEN') return { accepted: false, reason: 'notVerified', status };
    return (await use(serializedToken, notAfter))
      ? { accepted: true }
      : { accepted: false, reason: 'usedBefore' };
  }

  return {
    async check(question) {
      try {
        return await checked(question);
      } catch (error) {
        throw isPassError(error) ? publishFailure(error) : error;
      }
    },
  };
}

const statuses: readonly MediaTokenStatus[] = [
  'VALID_TOKEN',
  'INVALID_TOKEN_FORMAT',
  'INVALID_SIGNATURE',
  'TOKEN_EXPIRED',
  'INVALID_RESOURCE_ID',
  'ERROR_UNKNOWN',
];

type CheapRefusal = 'notAuthorized' | 'otherResource' | 'tokenMissing' | 'notYetValid' | 'expired';

/** What can be told without the token itself; `undefined`: nothing is against it. */
function cheaply(
  { authorized, resource, token }: MediaTokenQuestion['decision'],
  asked: string,
  now: number,
  toleranceMs: number,
): CheapRefusal | undefined {
  // What an app handed on may hold another word.
  const permits: unknown = authorized;
  if (permits !== true) return 'notAuthorized';
  if (resource !== asked) return 'otherResource';
  if (token === undefined || token.serializedToken === '') return 'tokenMissing';
  const { notBefore, notAfter } = token;
  if (notBefore !== undefined && now < notBefore - toleranceMs) return 'notYetValid';
  if (notAfter !== undefined && now > notAfter + toleranceMs) return 'expired';
  return undefined;
}

/** What an app handed on may be anything. @throws PassError `parameter_invalid` */
function checkedQuestion(question: unknown): MediaTokenQuestion {
  const { decision, resource } = (question ?? {}) as Partial<MediaTokenQuestion>;
  const token: unknown = decision?.token;
  const { serializedToken, notBefore, notAfter } = (token ?? {}) as Record<string, unknown>;
  const isWhole =
    typeof decision === 'object' &&
    typeof resource === 'string' &&
    (token === undefined || typeof serializedToken === 'string') &&
    [notBefore, notAfter].every((at) => at === undefined || Number.isFinite(at));
  if (isWhole) return question as MediaTokenQuestion;
  throw new PassError(
    'parameter_invalid',
    'mediaTokenGuard: the question must have a decision, whose token has a text and epoch milliseconds, and a resource',
  );
}

function isVerifier(value: unknown): value is MediaTokenVerifier {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'verify') === 'function';
}

function isCache(value: unknown): value is PassCache {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'swap') === 'function';
}

function isClock(value: unknown): value is Clock {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'now') === 'function';
}
