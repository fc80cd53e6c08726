import { describe, expect, it } from 'vitest';
import { adobeUrl, providerUrl } from '../../src/api/answers/answerUrl.js';
import { readLogout } from '../../src/api/logout/logout.js';
import { readSession } from '../../src/api/sessions/readSession.js';

const base = new URL('https://sp.auth.adobe.com');
const laptop = new URL('http://127.0.0.1:8080');

const hostile = [
  'javascript:alert(1)',
  'data:text/html,x',
  'https://evil.example/x',
  '//evil.example/x',
  '/\\evil.example/x',
  '\\\\evil.example',
  'https://user:word@sp.auth.adobe.com/x',
  'https://sp.auth.adobe.com@evil.example/x',
  'https://sp.auth.adobe.com.evil.example/x',
  'https://evilauth.adobe.com/x',
  'https://sp.auth.adobe.com:444/x',
  'http://sp.auth.adobe.com/x',
  'ftp://sp.auth.adobe.com/x',
  'java\tscript:alert(1)',
  'https://sp.auth.adobe.com/x\r\ny: z',
  `https://sp.auth.adobe.com/${'x'.repeat(9_000)}`,
  7,
  null,
  {},
];

describe('a url of an answer', () => {
  it.each([
    ['/api/v2/authenticate/REF30/A', 'https://sp.auth.adobe.com/api/v2/authenticate/REF30/A'],
    ['https://sp.auth.adobe.com/x?y=%20', 'https://sp.auth.adobe.com/x?y=%20'],
    ['https://api.auth.adobe.com/x', 'https://api.auth.adobe.com/x'],
    ['https://sp.auth-staging.adobe.com/x', 'https://sp.auth-staging.adobe.com/x'],
  ])('%s is %s', (given, url) => {
    expect(adobeUrl(given, base)).toBe(url);
  });

  it('may be the simulator’s where that is what is called', () => {
    expect(adobeUrl('/x', laptop)).toBe('http://127.0.0.1:8080/x');
    expect(adobeUrl('http://127.0.0.1:8080/x', laptop)).toBe('http://127.0.0.1:8080/x');
    expect(adobeUrl('http://127.0.0.1:8081/x', laptop)).toBeUndefined();
  });

  it.each(hostile)('is not %j', (given) => {
    expect(adobeUrl(given, base)).toBeUndefined();
  });

  it('of a sign-in is never hostile: the documented one takes its place', () => {
    for (const url of hostile) {
      const body = { actionName: 'authenticate', code: 'ABC', url };
      const session = readSession(
        { name: 'x', baseUrl: base, serviceProvider: 'REF30' },
        { status: 200, headers: {}, body },
      );
      expect(session).toMatchObject({ url: 'https://sp.auth.adobe.com/api/v2/authenticate/REF30/ABC' });
      expect(JSON.stringify(session)).not.toMatch(/evil|javascript/);
    }
  });

  it('of a sign-out is never hostile: there is none then', () => {
    for (const url of hostile) {
      const body = {
        logouts: { Acme: { actionName: 'logout', actionType: 'interactive', mvpd: 'Acme', url } },
      };
      const [step] = readLogout('Acme', base, { status: 200, headers: {}, body });
      expect(step).toEqual({
        mvpd: 'Acme',
        actionName: 'logout',
        actionType: 'interactive',
        unknownFields: {},
      });
    }
  });

  it('of a redirect may lead to a provider, over TLS and without a password', () => {
    expect(providerUrl('https://login.provider.example/out', base)).toBe(
      'https://login.provider.example/out',
    );
    for (const given of ['http://login.provider.example', 'javascript:x', 'https://a:b@provider.example'])
      expect(providerUrl(given, base)).toBeUndefined();
  });
});
