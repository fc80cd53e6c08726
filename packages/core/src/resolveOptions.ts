import type { PassCache } from './cache/PassCache.js';
import type { RateLimit } from './admission/RateLimiter.js';
import type { RegistrationLimits } from './admission/RegistrationBudget.js';
import { PassError } from './errors.js';
import { resolveBaseUrl, type PassEnvironment } from './http/baseUrl.js';
import { nearestName } from './nearestName.js';
import { defaultLimits } from './timing.js';
import type { PassLimits, PassOptions } from './options.js';
import { SoftwareStatement } from './dcr/SoftwareStatement.js';

export interface ResolvedLimits extends RegistrationLimits {
  readonly devices: number;
}

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
}

/** Of a cache that dies with the process: nobody else sees its keys. */
const processApplication = 'default';

const shortestSecret = 32;

/**
 * Checks every option and fills in the defaults.
 * @throws PassError `option_invalid`, `secret_too_short`, `software_statement_malformed`: the first that is wrong, by
 * name. Texts are described by their length, because a secret may stand where it does not belong.
 */
export function resolveOptions(options: PassOptions): ResolvedOptions {
  const given = recordOf('createPass options', options);
  refuseUnknownNames(given, optionNames, '');
  const cache = cacheOf(given['cache']);
  const environment = environmentOf(given['environment']);
  const resolved: ResolvedOptions = {
    softwareStatement: softwareStatementOf(given['softwareStatement']),
    serviceProvider: serviceProviderOf(given['serviceProvider']),
    environment,
    baseUrl: resolveBaseUrl(environment, given['baseUrl']),
    application: applicationOf(given['application'], cache),
    redirectUri: redirectUriOf(given['redirectUri']),
    cache,
    secrets: secretsOf(given['secret'], cache),
    dispatcher: dispatcherOf(given['dispatcher']),
    limits: limitsOf(given['limits']),
    onCacheDown: onCacheDownOf(given['onCacheDown']),
    strict: strictOf(given['strict']),
  };
  return Object.freeze(resolved);
}

const optionNames = namesOf<keyof PassOptions>({
  softwareStatement: true,
  serviceProvider: true,
  environment: true,
  baseUrl: true,
  application: true,
  redirectUri: true,
  cache: true,
  secret: true,
  dispatcher: true,
  limits: true,
  onCacheDown: true,
  strict: true,
});

const environments = namesOf<PassEnvironment>({
  'release-production': true,
  'release-staging': true,
  'prequal-production': true,
  'prequal-staging': true,
  local: true,
});

const limitNames = namesOf<keyof PassLimits>({
  devices: true,
  concurrentRegistrations: true,
  queuedRegistrations: true,
  registrationsPerAddress: true,
  registrationsPerProcess: true,
});

/** A list that does not compile when a name is missing from it. */
function namesOf<Name extends string>(names: Readonly<Record<Name, true>>): readonly string[] {
  return Object.keys(names);
}

function softwareStatementOf(value: unknown): ResolvedOptions['softwareStatement'] {
  if (isStatementSource(value)) return value;
  if (typeof value !== 'string' || value === '') {
    throw invalid('softwareStatement', 'must be the software statement or a function that gives it', value);
  }
  const text = new SoftwareStatement(value).reveal();
  return () => text;
}

function isStatementSource(value: unknown): value is () => string | Promise<string> {
  return typeof value === 'function';
}

function serviceProviderOf(value: unknown): string {
  if (typeof value !== 'string' || value === '')
    throw invalid('serviceProvider', 'must be a non-empty string', value);
  // It becomes a segment of a path.
  if (
    value.length > 128 ||
    !/^[\x21-\x7E]+$/.test(value) ||
    /[/\\?#%;]/.test(value) ||
    /^\.{1,2}$/.test(value)
  ) {
    throw invalid(
      'serviceProvider',
      'must be the id as Adobe Pass knows it: at most 128 characters, no spaces or slashes',
      value,
    );
  }
  return value;
}

function environmentOf(value: unknown): PassEnvironment {
  if (isEnvironment(value)) return value;
  // The one text that is shown: it is short, and almost right.
  const received = typeof value === 'string' && value.length <= 24 ? JSON.stringify(value) : describe(value);
  const list = environments.map((name) => `'${name}'`).join(', ');
  const hint = typeof value === 'string' ? hintOf(value, environments) : '';
  throw new PassError('option_invalid', `environment must be one of ${list}, received ${received}${hint}`);
}

function isEnvironment(value: unknown): value is PassEnvironment {
  return typeof value === 'string' && environments.includes(value);
}

function strictOf(value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw invalid('strict', 'must be true or false', value);
}

function onCacheDownOf(value: unknown): ResolvedOptions['onCacheDown'] {
  if (value === undefined) return 'refuse';
  if (value === 'refuse' || value === 'ephemeral') return value;
  throw invalid('onCacheDown', "must be 'refuse' or 'ephemeral'", value);
}

const cacheScopes: readonly unknown[] = ['process', 'host', 'shared'] satisfies PassCache['scope'][];

function cacheOf(value: unknown): PassCache {
  const there = 'there is no default: memoryCache(), fileCache(), redisCache() or your own';
  if (typeof value !== 'object' || value === null)
    throw invalid('cache', `must be a PassCache (${there})`, value);
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
    throw invalid(
      'application',
      `must be given for a cache of scope '${cache.scope}', because it is part of every key`,
      value,
    );
  }
  if (typeof value !== 'string' || !/^[\w.-]{1,40}$/.test(value)) {
    throw invalid('application', 'must be 1 to 40 of A–Z a–z 0–9 _ . -', value);
  }
  return value;
}

function redirectUriOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^[\x21-\x7E]{1,2048}$/.test(value) || !URL.canParse(value)) {
    throw invalid('redirectUri', 'must be an absolute URI', value);
  }
  return value;
}

function secretsOf(value: unknown, cache: PassCache): readonly string[] {
  if (value === undefined) {
    if (cache.scope === 'process') return Object.freeze([]);
    throw invalid(
      'secret',
      `must be given for a cache of scope '${cache.scope}', because it seals what is stored`,
      value,
    );
  }
  const isList = Array.isArray(value);
  // A hole of a sparse list is a secret that is missing.
  const list: readonly unknown[] = isList ? Array.from<unknown>(value) : [value];
  if (list.length === 0)
    throw new PassError(
      'option_invalid',
      'secret must be a string or a list of them, received an empty list',
    );
  const secrets = list.map((secret, index) => {
    const name = isList ? `secret[${index}]` : 'secret';
    if (typeof secret !== 'string') throw invalid(name, 'must be a string', secret);
    if (secret.length < shortestSecret) {
      throw new PassError(
        'secret_too_short',
        `${name} must have at least ${shortestSecret} characters, received ${secret.length}`,
      );
    }
    return secret;
  });
  for (const [index, secret] of secrets.entries()) {
    const first = secrets.indexOf(secret);
    // [old, new, old] is how a rotation begins: it seals with the old one and opens both.
    const beginsRotation = first === 0 && index > 1 && secrets.indexOf(secret, 1) === index;
    if (first !== index && !beginsRotation)
      throw new PassError(
        'option_invalid',
        `secret[${index}] must differ from secret[${first}], received the same text`,
      );
  }
  return Object.freeze(secrets);
}

function dispatcherOf(value: unknown): PassOptions['dispatcher'] {
  if (value === undefined) return undefined;
  if (!isDispatcher(value))
    throw invalid('dispatcher', 'must be an undici Dispatcher, which has a dispatch method', value);
  return value;
}

function isDispatcher(value: unknown): value is NonNullable<PassOptions['dispatcher']> {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'dispatch') === 'function';
}

function limitsOf(value: unknown): ResolvedLimits {
  if (value === undefined) return defaultLimits;
  const given = recordOf('limits', value);
  refuseUnknownNames(given, limitNames, 'limits.');
  const count = (name: 'devices' | 'concurrentRegistrations' | 'queuedRegistrations'): number =>
    countOf(`limits.${name}`, given[name] ?? defaultLimits[name]);
  const rate = (name: 'registrationsPerAddress' | 'registrationsPerProcess'): RateLimit =>
    rateOf(`limits.${name}`, given[name] ?? defaultLimits[name]);
  return Object.freeze({
    devices: count('devices'),
    concurrentRegistrations: count('concurrentRegistrations'),
    queuedRegistrations: count('queuedRegistrations'),
    registrationsPerAddress: rate('registrationsPerAddress'),
    registrationsPerProcess: rate('registrationsPerProcess'),
  });
}

function countOf(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw invalid(name, 'must be a positive integer', value);
}

function rateOf(name: string, value: unknown): RateLimit {
  const given = recordOf(name, value);
  refuseUnknownNames(given, ['burst', 'perSecond'], `${name}.`);
  const { burst, perSecond } = given;
  if (typeof perSecond !== 'number' || !Number.isFinite(perSecond) || perSecond <= 0) {
    throw invalid(`${name}.perSecond`, 'must be a positive number', perSecond);
  }
  return Object.freeze({ burst: countOf(`${name}.burst`, burst), perSecond });
}

function recordOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(name, 'must be an object', value);
  return value as Readonly<Record<string, unknown>>;
}

/** TypeScript tells at compile time; without it, a misspelt option would be one that is silently not set. */
function refuseUnknownNames(
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  path: string,
): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const shown = /^[\w.-]{1,40}$/.test(name)
      ? `${path}${name}`
      : `${path}(a name of ${name.length} characters)`;
    throw new PassError('option_invalid', `${shown} is not an option${hintOf(name, known)}`);
  }
}

function hintOf(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

function invalid(name: string, rule: string, value: unknown): PassError {
  return new PassError('option_invalid', `${name} ${rule}, received ${describe(value)}`);
}

function describe(value: unknown): string {
  if (typeof value === 'string')
    return value === '' ? 'an empty string' : `a string of ${value.length} characters`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
