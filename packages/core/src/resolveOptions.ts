import type { PassCache } from './cache/PassCache.js';
import { checkLimits, type ResolvedLimits } from './checkLimits.js';
import { checkOptions, invalidOption } from './checkOptions.js';
import { checkSecrets } from './checkSecrets.js';
import { SoftwareStatement } from './dcr/SoftwareStatement.js';
import { PassError } from './errors.js';
import { resolveBaseUrl, type PassEnvironment } from './http/baseUrl.js';
import * as check from './optionChecks.js';
import type { PassOptions } from './options.js';
import { defaultTiming } from './timing.js';

/** The options with every default in place. Frozen; nothing of it is the caller's but the functions and the cache. */
export interface ResolvedOptions {
  /** A text given as such is already normalised; what a function answers is not. */
  readonly softwareStatement: () => string | Promise<string>;
  readonly serviceProvider: string;
  readonly environment: PassEnvironment;
  readonly baseUrl: URL;
  readonly application: string;
  readonly redirectUri: string | undefined;
  readonly cache: PassCache;
  /** The first seals, all open, the last names. Empty only where the cache is of this process and no secret was given. */
  readonly secrets: readonly string[];
  readonly dispatcher: PassOptions['dispatcher'];
  readonly limits: ResolvedLimits;
  readonly onCacheDown: 'refuse' | 'ephemeral';
  readonly strict: boolean;
  readonly closeGraceMs: number;
  /** Of a server's own Pass: where the management APIs are. Absent: a Pass of devices. */
  readonly managementUrl?: URL | undefined;
}

const { closeGraceMaxMs } = defaultTiming.recovery;

/** Of a cache that dies with the process: nobody else sees its keys. */
const processApplication = 'default';

/** A check for each option, so that another does not compile, nor a missing one. */
const checks = {
  softwareStatement: softwareStatementOf,
  serviceProvider: serviceProviderOf,
  environment: check.oneOf(
    'release-production',
    'release-staging',
    'prequal-production',
    'prequal-staging',
    'local',
  ),
  cache: cacheOf,
  redirectUri: check.optional(check.that('must be an absolute URI', isAbsoluteUri)),
  dispatcher: check.optional(
    check.that('must be an undici Dispatcher, which has a dispatch method', isDispatcher),
  ),
  limits: checkLimits,
  onCacheDown: check.optional(check.oneOf('refuse', 'ephemeral'), 'refuse'),
  strict: check.optional(check.boolean, false),
  closeGraceMs: check.optional(
    check.that(`must be a number of milliseconds from 0 to ${closeGraceMaxMs}`, isCloseGrace),
    defaultTiming.recovery.closeGraceMs,
  ),
  identity: check.that(
    "must be 'server', or left out for a Pass of devices",
    (value): value is undefined => value === undefined,
  ),
  // What these have to be, the cache and the environment say.
  baseUrl: check.anything,
  application: check.anything,
  secret: check.anything,
} satisfies Readonly<Record<keyof PassOptions, unknown>>;

/**
 * Checks every option and fills in the defaults.
 * @throws PassError `option_invalid`, `secret_too_short`, `software_statement_malformed`: the first that is wrong, by
 * name
 */
export function resolveOptions(options: PassOptions): ResolvedOptions {
  const { baseUrl, application, secret, ...others } = checkOptions(options, checks, {
    whole: 'createPass options',
  });
  return Object.freeze({
    ...others,
    baseUrl: resolveBaseUrl(others.environment, baseUrl),
    application: applicationOf(application, others.cache),
    secrets: secretsOf(secret, others.cache),
  });
}

function softwareStatementOf(value: unknown): ResolvedOptions['softwareStatement'] {
  if (isStatementSource(value)) return value;
  if (typeof value !== 'string' || value === '') {
    throw invalidOption(
      'softwareStatement',
      'must be the software statement or a function that gives it',
      value,
    );
  }
  const text = new SoftwareStatement(value).reveal();
  return () => text;
}

function isStatementSource(value: unknown): value is () => string | Promise<string> {
  return typeof value === 'function';
}

function serviceProviderOf(value: unknown): string {
  if (typeof value !== 'string' || value === '')
    throw invalidOption('serviceProvider', 'must be a non-empty string', value);
  // It becomes a segment of a path.
  if (
    value.length > 128 ||
    !/^[\x21-\x7E]+$/.test(value) ||
    /[/\\?#%;]/.test(value) ||
    /^\.{1,2}$/.test(value)
  ) {
    throw invalidOption(
      'serviceProvider',
      'must be the id as Adobe Pass knows it: at most 128 characters, no spaces or slashes',
      value,
    );
  }
  return value;
}

const cacheScopes: readonly unknown[] = ['process', 'host', 'shared'] satisfies PassCache['scope'][];

function cacheOf(value: unknown): PassCache {
  const there = 'there is no default: memoryCache(), fileCache(), redisCache() or your own';
  if (typeof value !== 'object' || value === null)
    throw invalidOption('cache', `must be a PassCache (${there})`, value);
  const missing = ['read', 'swap']
    .filter((name) => typeof Reflect.get(value, name) !== 'function')
    .map((name) => `${name}()`);
  if (!cacheScopes.includes(Reflect.get(value, 'scope')))
    missing.push("a scope of 'process', 'host' or 'shared'");
  if (missing.length > 0) {
    throw new PassError(
      'option_invalid',
      `cache must be a PassCache, received an object without ${missing.join(' and ')}`,
    );
  }
  // The parts that this library relies on are there; what they do, cache-conformance tells.
  return value as PassCache;
}

function applicationOf(value: unknown, cache: PassCache): string {
  if (value === undefined) {
    if (cache.scope === 'process') return processApplication;
    throw invalidOption(
      'application',
      `must be given for a cache of scope '${cache.scope}', because it is part of every key`,
      value,
    );
  }
  if (typeof value !== 'string' || !/^[\w.-]{1,40}$/.test(value)) {
    throw invalidOption('application', 'must be 1 to 40 of A–Z a–z 0–9 _ . -', value);
  }
  return value;
}

function secretsOf(value: unknown, cache: PassCache): readonly string[] {
  if (value !== undefined) return checkSecrets(value);
  if (cache.scope === 'process') return Object.freeze([]);
  throw invalidOption(
    'secret',
    `must be given for a cache of scope '${cache.scope}', because it seals what is stored`,
    value,
  );
}

function isAbsoluteUri(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7E]{1,2048}$/.test(value) && URL.canParse(value);
}

function isCloseGrace(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= closeGraceMaxMs;
}

function isDispatcher(value: unknown): value is NonNullable<PassOptions['dispatcher']> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'dispatch') === 'function';
}
