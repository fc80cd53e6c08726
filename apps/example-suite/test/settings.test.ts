import { describe, expect, it } from 'vitest';
import { readSettings } from '../../express-example/src/service/settings.js';

const complete = {
  PASS_ENVIRONMENT: 'release-staging',
  PASS_SOFTWARE_STATEMENT: 'a.b.c',
  PASS_SERVICE_PROVIDER: 'REF30',
  PASS_APPLICATION: 'tv',
  PASS_SECRET: 'new, old',
  PASS_CACHE_PATH: '/tmp/pass',
  DEVICE_TOKEN_SECRET: 'x'.repeat(32),
};

describe('readSettings', () => {
  it('reads a complete environment', () => {
    expect(readSettings(complete)).toMatchObject({
      port: 3000,
      trustProxy: false,
      environment: 'release-staging',
      secrets: ['new', 'old'],
      cache: { kind: 'file', path: '/tmp/pass' },
    });
  });

  it('knows where a sign-in ends, by both settings or by none', () => {
    const domainName = 'example.com';
    const redirectUrl = 'https://www.example.com/signed-in';
    const env = { ...complete, SIGN_IN_DOMAIN: domainName, SIGN_IN_REDIRECT_URL: redirectUrl };
    expect(readSettings(env).signInPage).toEqual({ domainName, redirectUrl });
    expect(readSettings(complete).signInPage.domainName).toBe('ref30.example');
    const message = 'SIGN_IN_DOMAIN and SIGN_IN_REDIRECT_URL must be set together';
    for (const name of ['SIGN_IN_DOMAIN', 'SIGN_IN_REDIRECT_URL'])
      expect(() => readSettings({ ...env, [name]: '' })).toThrow(message);
    expect(() => readSettings({ ...env, SIGN_IN_REDIRECT_URL: 'signed-in' })).toThrow(message);
  });

  it('takes a Redis instead of a folder', () => {
    const url = 'rediss://app:secret-of-redis@redis.internal:6380/1';
    const env = { ...complete, PASS_CACHE_PATH: '', REDIS_URL: url };
    expect(readSettings(env).cache).toEqual({ kind: 'redis', url });
  });

  it('refuses two caches, and none', () => {
    const both = { ...complete, REDIS_URL: 'redis://app:secret-of-redis@127.0.0.1' };
    expect(() => readSettings(both)).toThrow('REDIS_URL and PASS_CACHE_PATH are both set: exactly one');
    expect(() => readSettings({ ...both, REDIS_URL: ' ', PASS_CACHE_PATH: '' })).toThrow(
      'REDIS_URL and PASS_CACHE_PATH are not set: exactly one',
    );
  });

  it.each([
    'redis.internal:6379',
    'http://app:secret-of-redis@redis.internal',
    'redis://',
    '//:secret-of-redis@',
  ])('refuses %s for a Redis, and shows no password', (url) => {
    const read = (): unknown => readSettings({ ...complete, PASS_CACHE_PATH: '', REDIS_URL: url });
    expect(read).toThrow('REDIS_URL must be a URL that begins with redis:// or rediss://');
    expect(read).not.toThrow('secret-of-redis');
  });

  it('takes a base URL for the simulator, unless told otherwise', () => {
    const rest = { ...complete, PASS_ENVIRONMENT: undefined };
    expect(readSettings({ ...rest, PASS_BASE_URL: 'http://127.0.0.1:1' }).environment).toBe('local');
    expect(readSettings({ ...complete, PASS_BASE_URL: 'http://127.0.0.1:1' }).environment).toBe(
      'release-staging',
    );
  });

  it('names everything that is missing at once', () => {
    const names = ['PASS_ENVIRONMENT', ...Object.keys(complete).slice(1)];
    for (const name of names) expect(() => readSettings({})).toThrow(name);
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['TRUST_PROXY', 'true'],
    ['PASS_ENVIRONMENT', 'production'],
    ['DEVICE_TOKEN_SECRET', 'short-secret'],
  ])('refuses %s=%s without showing it', (name, value) => {
    const read = (): unknown => readSettings({ ...complete, [name]: value });
    expect(read).toThrow(name);
    if (name === 'DEVICE_TOKEN_SECRET') expect(read).not.toThrow(value);
  });

  it.each([
    ['1', 1],
    ['0', false],
    ['false', false],
    ['loopback, 10.0.0.0/8', 'loopback, 10.0.0.0/8'],
  ])('reads TRUST_PROXY=%s', (value, trustProxy) => {
    expect(readSettings({ ...complete, TRUST_PROXY: value }).trustProxy).toBe(trustProxy);
  });
});
