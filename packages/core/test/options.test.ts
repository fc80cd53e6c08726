import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PassCache } from '../src/cache/PassCache.js';
import { isPassError } from '../src/errors.js';
import { nearestName } from '../src/nearestName.js';
import type { PassOptions } from '../src/options.js';
import { resolveOptions } from '../src/resolveOptions.js';
import { errorOf } from './errorOf.js';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const statementOf = (payload: unknown, signature = 'c2lnbmF0dXJl'): string =>
  `${part({ alg: 'RS256' })}.${part(payload)}.${signature}`;
const statement = statementOf({ sub: 'application-1', iss: 'auth.adobe.com', iat: 1 });

const cacheOf = (scope: PassCache['scope']): PassCache => ({
  scope,
  read: () => Promise.resolve([]),
  swap: () => Promise.resolve({ ok: true, version: null }),
});

const secret = 'hunter2-hunter2-hunter2-hunter2-hunter2';
const process = {
  softwareStatement: statement,
  serviceProvider: 'REF30',
  environment: 'release-production',
  cache: cacheOf('process'),
} as const;
const shared = { ...process, cache: cacheOf('shared'), application: 'tv', secret } as const;

describe('resolveOptions', () => {
  it('fills in every default', () => {
    const resolved = resolveOptions(process);
    expect(resolved).toMatchObject({
      serviceProvider: 'REF30',
      environment: 'release-production',
      application: 'default',
      redirectUri: undefined,
      cache: process.cache,
      secrets: [],
      dispatcher: undefined,
      limits: {
        devices: 250_000,
        concurrentRegistrations: 448,
        queuedRegistrations: 20_000,
        registrationsPerAddress: { burst: 30, perSecond: 0.5 },
        registrationsPerProcess: { burst: 2_000, perSecond: 200 },
        resourcesPerPreauthorize: 5,
      },
    });
    expect(resolved.baseUrl.href).toBe('https://sp.auth.adobe.com/');
    expect(resolved.softwareStatement()).toBe(statement);
  });

  it('takes everything that is given', () => {
    const dispatcher = { dispatch: () => true } as unknown as NonNullable<PassOptions['dispatcher']>;
    const other = `${secret}2`;
    const resolved = resolveOptions({
      ...shared,
      environment: 'local',
      baseUrl: 'http://localhost:9000',
      redirectUri: 'app://home',
      secret: [secret, other],
      dispatcher,
      limits: { devices: 7, registrationsPerAddress: { burst: 1, perSecond: 0.1 } },
    });
    expect(resolved).toMatchObject({
      application: 'tv',
      redirectUri: 'app://home',
      secrets: [secret, other],
      dispatcher,
    });
    expect(resolved.baseUrl.href).toBe('http://localhost:9000/');
    expect(resolved.limits).toMatchObject({
      devices: 7,
      queuedRegistrations: 20_000,
      registrationsPerAddress: { burst: 1, perSecond: 0.1 },
    });
    expect(resolveOptions(shared).secrets).toEqual([secret]);
  });

  it('reads undefined as not given', () => {
    const nothing = {
      baseUrl: undefined,
      application: undefined,
      redirectUri: undefined,
      secret: undefined,
      dispatcher: undefined,
      limits: undefined,
    };
    expect(resolveOptions({ ...process, ...nothing }).limits).toEqual(resolveOptions(process).limits);
    expect(resolveOptions({ ...process, limits: { devices: undefined } }).limits.devices).toBe(250_000);
  });

  it("is frozen, and not the caller's to change", () => {
    const secrets = [secret, `${secret}2`];
    const limits = { registrationsPerAddress: { burst: 1, perSecond: 1 } };
    const resolved = resolveOptions({ ...shared, secret: secrets, limits });
    for (const value of [
      resolved,
      resolved.secrets,
      resolved.limits,
      resolved.limits.registrationsPerAddress,
      resolved.limits.registrationsPerProcess,
    ]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
    secrets.pop();
    limits.registrationsPerAddress.burst = 9;
    expect(resolved.secrets).toHaveLength(2);
    expect(resolved.limits.registrationsPerAddress.burst).toBe(1);
    expect(Object.isFrozen(secrets)).toBe(false);
  });

  it('removes whitespace from a statement, and asks a function anew each time', () => {
    expect(
      resolveOptions({
        ...process,
        softwareStatement: `\n ${statement.slice(0, 40)}\r\n${statement.slice(40)} `,
      }).softwareStatement(),
    ).toBe(statement);
    let asked = 0;
    const resolved = resolveOptions({ ...process, softwareStatement: () => `statement ${(asked += 1)}` });
    expect(asked).toBe(0);
    expect([resolved.softwareStatement(), resolved.softwareStatement()]).toEqual([
      'statement 1',
      'statement 2',
    ]);
  });

  it.each<[string, object, string]>([
    [
      'serviceProvider',
      { serviceProvider: undefined },
      'serviceProvider must be a non-empty string, received undefined',
    ],
    [
      'serviceProvider',
      { serviceProvider: '' },
      'serviceProvider must be a non-empty string, received an empty string',
    ],
    ['serviceProvider', { serviceProvider: 'a/b' }, 'received a string of 3 characters'],
    ['serviceProvider', { serviceProvider: '..' }, 'received a string of 2 characters'],
    ['serviceProvider', { serviceProvider: ' REF30' }, 'received a string of 6 characters'],
    [
      'environment',
      { environment: undefined },
      "environment must be one of 'release-production', 'release-staging', 'prequal-production', 'prequal-staging', 'local', received undefined",
    ],
    ['environment', { environment: 'production' }, 'received "production"'],
    ['environment', { environment: 'release-prodcution' }, 'did you mean release-production?'],
    ['environment', { environment: secret }, 'received a string of 39 characters'],
    ['baseUrl', { environment: 'local' }, "baseUrl is required with environment 'local', received undefined"],
    ['baseUrl', { baseUrl: 'http://example.com' }, 'baseUrl must use https:'],
    ['baseUrl', { baseUrl: null }, 'baseUrl must be a URL, received null'],
    [
      'application',
      { application: 'a b' },
      'application must be 1 to 40 of A–Z a–z 0–9 _ . -, received a string of 3 characters',
    ],
    ['application', { application: 'x'.repeat(41) }, 'received a string of 41 characters'],
    ['application', { application: '' }, 'received an empty string'],
    [
      'application',
      { application: undefined, cache: cacheOf('shared') },
      "application must be given for a cache of scope 'shared'",
    ],
    [
      'application',
      { application: undefined, cache: cacheOf('host') },
      "application must be given for a cache of scope 'host'",
    ],
    ['secret', { secret: undefined }, "secret must be given for a cache of scope 'shared'"],
    ['secret', { secret: [] }, 'received an empty list'],
    ['secret', { secret: 7 }, 'secret must be a string, received 7'],
    ['secret', { secret: [secret, null] }, 'secret[1] must be a string, received null'],
    [
      'secret',
      { secret: Object.assign([secret], { length: 2 }) },
      'secret[1] must be a string, received undefined',
    ],
    ['secret', { secret: [secret, secret] }, 'secret[1] must differ from secret[0]'],
    ['secret', { secret: [secret, `${secret}2`, `${secret}2`] }, 'secret[2] must differ from secret[1]'],
    ['secret', { secret: [secret, `${secret}2`, secret, secret] }, 'secret[3] must differ from secret[0]'],
    [
      'redirectUri',
      { redirectUri: 'home' },
      'redirectUri must be an absolute URI, received a string of 4 characters',
    ],
    ['redirectUri', { redirectUri: 'app://a b' }, 'redirectUri must be an absolute URI'],
    ['redirectUri', { redirectUri: null }, 'redirectUri must be an absolute URI, received null'],
    [
      'cache',
      { cache: undefined },
      'there is no default: memoryCache(), fileCache(), redisCache() or your own',
    ],
    ['cache', { cache: 'redis' }, 'received a string of 5 characters'],
    [
      'cache',
      { cache: {} },
      "received an object without read() and swap() and a scope of 'process', 'host' or 'shared'",
    ],
    ['cache', { cache: { ...cacheOf('shared'), swap: undefined } }, 'received an object without swap()'],
    ['cache', { cache: { ...cacheOf('shared'), scope: 'world' } }, 'without a scope'],
    ['cache', { cache: new Map() }, 'received an object without read() and swap()'],
    [
      'dispatcher',
      { dispatcher: {} },
      'dispatcher must be an undici Dispatcher, which has a dispatch method, received an object',
    ],
    ['dispatcher', { dispatcher: () => true }, 'received a function'],
    ['limits', { limits: 7 }, 'limits must be an object, received 7'],
    ['limits.devices', { limits: { devices: 0 } }, 'limits.devices must be a positive integer, received 0'],
    ['limits.devices', { limits: { devices: 1.5 } }, 'received 1.5'],
    ['limits.devices', { limits: { devices: '7' } }, 'received a string of 1 characters'],
    ['limits.devices', { limits: { devices: Infinity } }, 'received Infinity'],
    ['limits.queuedRegistrations', { limits: { queuedRegistrations: -1 } }, 'received -1'],
    ['limits.concurrentRegistrations', { limits: { concurrentRegistrations: Number.NaN } }, 'received NaN'],
    [
      'limits.registrationsPerAddress',
      { limits: { registrationsPerAddress: 5 } },
      'must be an object, received 5',
    ],
    [
      'limits.registrationsPerAddress.perSecond',
      { limits: { registrationsPerAddress: { burst: 1, perSecond: 0 } } },
      'must be a positive number, received 0',
    ],
    [
      'limits.registrationsPerAddress.burst',
      { limits: { registrationsPerAddress: { perSecond: 1 } } },
      'must be a positive integer, received undefined',
    ],
    [
      'limits.registrationsPerProcess.rate',
      { limits: { registrationsPerProcess: { burst: 1, perSecond: 1, rate: 1 } } },
      'is not an option',
    ],
    ['limits.device', { limits: { device: 1 } }, 'limits.device is not an option; did you mean devices?'],
    [
      'softwareStatment',
      { softwareStatment: statement },
      'softwareStatment is not an option; did you mean softwareStatement?',
    ],
    ['serviceprovider', { serviceprovider: 'REF30' }, 'did you mean serviceProvider?'],
    ['timeout', { timeout: 1 }, 'timeout is not an option'],
    [
      'softwareStatement',
      { softwareStatement: undefined },
      'softwareStatement must be the software statement or a function that gives it, received undefined',
    ],
  ])('names %s when it is wrong: %o', (name, change, message) => {
    const error = errorOf(() => resolveOptions({ ...shared, ...change }));
    expect(error).toMatchObject({ code: 'option_invalid', status: 500 });
    expect(error.message.startsWith(name)).toBe(true);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('hunter2');
    expect(error.message).not.toContain(statement.slice(0, 20));
  });

  it.each([undefined, null, 7, 'options', []])('refuses %j in place of the options', (options) => {
    expect(errorOf(() => resolveOptions(options as never)).message).toMatch(
      /^createPass options must be an object, received/,
    );
  });

  it.each([
    [{ secret: 'hunter2' }, 'secret must have at least 32 characters, received 7'],
    [{ secret: '' }, 'secret must have at least 32 characters, received 0'],
    [{ secret: [secret, 'hunter2'] }, 'secret[1] must have at least 32 characters, received 7'],
    [{ secret: 'x'.repeat(31) }, 'received 31'],
  ])('finds a secret too short: %j', (change, message) => {
    const error = errorOf(() => resolveOptions({ ...shared, ...change }));
    expect(error).toMatchObject({ code: 'secret_too_short' });
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('hunter2');
  });

  it.each([
    ['one character', 'a'.repeat(32), '1 different characters'],
    ['few of them', 'abcabcba'.repeat(5), '3 different characters'],
    ['one part over and over', 'correcthorsebattery'.repeat(2), 'one part over and over'],
    ['a short part over and over', 'abcdefgh'.repeat(4), 'one part over and over'],
  ])('refuses a secret that can be guessed, and shows none of it: %s', (_, guessable, message) => {
    const error = errorOf(() => resolveOptions({ ...shared, secret: [secret, guessable] }));
    expect(error).toMatchObject({ code: 'option_invalid' });
    expect(error.message).toContain(`secret[1] must be random`);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain(guessable.slice(0, 8));
  });

  it('takes a secret of 32 characters, and one for a cache of this process', () => {
    expect(resolveOptions({ ...shared, secret: 'c0ffee0123456789c0ffee012345678!' }).secrets).toHaveLength(1);
    expect(resolveOptions({ ...process, secret }).secrets).toEqual([secret]);
  });

  it('takes a cache that is an instance of a class', () => {
    class Cache {
      readonly scope = 'process';
      read(): Promise<[]> {
        return Promise.resolve([]);
      }
      swap(): Promise<{ ok: true; version: null }> {
        return Promise.resolve({ ok: true, version: null });
      }
    }
    const cache = new Cache();
    expect(resolveOptions({ ...process, cache }).cache).toBe(cache);
  });

  it('throws nothing but a PassError, and shows no secret, whatever the options are', () => {
    const value = fc.oneof(
      fc.anything(),
      fc.constantFrom<unknown>(secret, statement, process.cache, 'local', 'REF30'),
    );
    const names = [
      'softwareStatement',
      'serviceProvider',
      'environment',
      'baseUrl',
      'application',
      'redirectUri',
      'cache',
      'secret',
      'dispatcher',
      'limits',
    ];
    const change = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, { maxKeys: 3 });
    fc.assert(
      fc.property(change, (given) => {
        try {
          resolveOptions({ ...shared, ...given });
        } catch (error) {
          if (!isPassError(error)) throw error;
          expect(error.message).not.toContain('hunter2');
          expect(error.message).not.toContain(statement);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('nearestName', () => {
  it.each([
    ['cahce', 'cache'],
    ['Cache', 'cache'],
    ['secrets', 'secret'],
    ['banana', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
    ['is', 'as'],
    ['on', undefined],
  ])('of %s is %s', (name, nearest) => {
    expect(nearestName(name, ['cache', 'secret', 'environment', 'as'])).toBe(nearest);
  });
});
