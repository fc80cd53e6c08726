import { describe, expect, it } from 'vitest';
import { resolveBaseUrl } from '../../src/http/baseUrl.js';
import { errorOf } from '../errorOf.js';

describe('resolveBaseUrl', () => {
  it.each([
    ['release-production', 'https://sp.auth.adobe.com'],
    ['release-staging', 'https://sp.auth-staging.adobe.com'],
    ['prequal-production', 'https://sp-prequal.auth.adobe.com'],
    ['prequal-staging', 'https://sp-prequal.auth-staging.adobe.com'],
  ] as const)('knows the host of %s', (environment, origin) => {
    expect(resolveBaseUrl(environment).origin).toBe(origin);
  });

  it('puts scheme, host and port of baseUrl in its place', () => {
    expect(resolveBaseUrl('release-production', 'https://proxy.example:8443').href).toBe(
      'https://proxy.example:8443/',
    );
    expect(resolveBaseUrl('local', new URL('https://proxy.example/')).href).toBe('https://proxy.example/');
    expect(resolveBaseUrl('local', 'https://proxy.example?#').href).toBe('https://proxy.example/');
  });

  it.each([
    'http://localhost:9000',
    'http://adobe.localhost',
    'http://127.0.0.1:1',
    'http://127.1',
    'http://[::1]:8080',
  ])('lets %s do without TLS', (url) => {
    expect(resolveBaseUrl('local', url).protocol).toBe('http:');
  });

  it('does not hand out a URL that the caller can still change', () => {
    const given = new URL('https://proxy.example/');
    const resolved = resolveBaseUrl('local', given);
    given.host = 'elsewhere.example';
    expect(resolved.host).toBe('proxy.example');
  });

  it.each([
    ['none for local', undefined, "baseUrl is required with environment 'local', received undefined"],
    ['plain HTTP to another machine', 'http://example.com', 'must use https: except towards this machine'],
    ['a host that only looks local', 'http://localhost.example.com', 'must use https:'],
    ['an address that only looks local', 'http://127.0.0.1.example.com', 'must use https:'],
    ['any address of this machine', 'http://0.0.0.0', 'must use https:'],
    ['another scheme', 'ftp://example.com', 'must begin with https://'],
    ['a password', 'https://user:hunter2@example.com', 'must not contain a user name or password'],
    ['a user', 'https://hunter2@example.com', 'must not contain a user name or password'],
    ['a path', 'https://example.com/hunter2', 'received a path too'],
    ['a query', 'https://example.com/?k=hunter2', 'received a query too'],
    ['a fragment', 'https://example.com/#hunter2', 'received a fragment too'],
    ['no URL', 'hunter2', 'must be a URL, received 7 characters that are none'],
    ['a number', 7, 'must be a URL, received a number'],
    ['null', null, 'must be a URL, received null'],
  ])('refuses %s, quoting nothing that may be secret', (_, url, message) => {
    const error = errorOf(() => resolveBaseUrl('local', url));
    expect(error).toMatchObject({ code: 'option_invalid' });
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('hunter2');
  });
});
