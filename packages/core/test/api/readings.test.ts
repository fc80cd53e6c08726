import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import { processRegisterClientResponse, registerClientRequest } from '../../src/dcr/registerClient.js';
import {
  processRequestAccessTokenResponse,
  requestAccessTokenRequest,
} from '../../src/dcr/requestAccessToken.js';
import { SoftwareStatement } from '../../src/dcr/SoftwareStatement.js';
import { dcrHeaders } from '../../src/device/deviceHeaders.js';
import { resolveBaseUrl } from '../../src/http/baseUrl.js';
import { esmCall } from '../../src/management/esm/esmCall.js';
import type { PassContext } from '../../src/PassClient.js';
import { defaultTiming } from '../../src/timing.js';
import { upstreamResponse } from '../http/upstreamResponse.js';
import { stage, type Answer, type Stage } from './scripted.js';

// Where Adobe's pages contradict one another or say nothing: each reading that has been seen, or may come, is served.
// One row for each of the project's numbered questions of that kind.

const mvpd = 'Acme';
const pair = { client_id: 'id', client_secret: 'secret' };
const issuedToken = { access_token: 'token', expires_in: 21_600, token_type: 'bearer' };
const session = {
  actionName: 'authenticate',
  actionType: 'interactive',
  code: 'ABC1234',
  serviceProvider: 'REF30',
  url: '/api/v2/authenticate/REF30/ABC1234',
};
const profile = { notBefore: 1e12, notAfter: 2e12, issuer: mvpd, type: 'regular', attributes: {} };
const permit = { resource: 'a', serviceProvider: 'REF30', mvpd, source: 'mvpd', authorized: true };
const none: Answer = [200, { profiles: {} }];
const form = { mvpd, domainName: 'adobe.com', redirectUrl: 'https://example.com/done' };

const on = (...answers: Answer[]): Stage & { client: ApiClient; as: (context: PassContext) => ApiClient } => {
  const at = stage(...answers);
  const device = { identifier: 'tv-0815', address: '203.0.113.7', info: { model: 'AFTM' } };
  return {
    ...at,
    client: new ApiClient(at, device, undefined),
    as: (context) => new ApiClient(at, device, context),
  };
};
const register = (status: number, body: unknown) =>
  processRegisterClientResponse(upstreamResponse(status, body));
const issue = (status: number, body: unknown) =>
  processRequestAccessTokenResponse(upstreamResponse(status, body));
const authorize = async (answer: Answer, resources = ['a']): Promise<readonly object[]> =>
  await on(answer).client.decisions.authorize({ mvpd, resources });

const rows: Readonly<Record<string, string | (() => Promise<void> | void)>> = {
  'Q1 register and token answer 200, 201 or another 2xx'() {
    for (const status of [200, 201, 202])
      expect([register(status, pair).ok, issue(status, issuedToken).ok]).toEqual([true, true]);
  },
  'Q2 the parameters of a token stand in the form'() {
    const { method, path, body } = requestAccessTokenRequest({
      clientId: 'a b',
      clientSecret: 'c&d',
      headers: {},
    });
    expect([method, path, body]).toEqual([
      'POST',
      '/o/client/token',
      'client_id=a+b&client_secret=c%26d&grant_type=client_credentials',
    ]);
  },
  async 'Q3 JSON has its charset, a form has none, and Accept is to the letter'() {
    const at = on([200, session], [200, { decisions: [permit] }]);
    await at.client.sessions.create(form);
    await at.client.decisions.authorize({ mvpd, resources: ['a'] });
    expect(at.transport.sent.map(({ headers }) => [headers['content-type'], headers['accept']])).toEqual([
      ['application/x-www-form-urlencoded', 'application/json;charset=utf-8'],
      ['application/json;charset=utf-8', 'application/json;charset=utf-8'],
    ]);
  },
  async 'Q4 the device is named while its code is polled, and not by a second screen'() {
    const at = on(none, [200, session]);
    await at.client.profiles.forCode({ code: 'ABC1234' });
    await at.client.sessions.resume({ code: 'ABC1234', ...form });
    const names = at.transport.sent.map(({ headers }) =>
      ['ap-device-identifier', 'x-device-info'].map((name) => name in headers),
    );
    expect(names).toEqual([
      [true, true],
      [false, false],
    ]);
  },
  'Q5 device information that is incomplete or unreadable refuses nobody'() {
    expect(dcrHeaders({ identifier: 'tv', info: { model: 'AFTM' } })).toHaveProperty('x-device-info');
    expect(dcrHeaders({ identifier: 'tv', info: 'no Base64' })).toHaveProperty('x-device-info', 'no Base64');
    expect(dcrHeaders({ identifier: 'tv', info: ' ' })).toEqual({});
  },
  'Q6 times of issue are seconds or milliseconds, and life is counted from here'() {
    for (const at of [1_764_547_200, 1_764_547_200_000]) {
      expect(register(201, { ...pair, client_id_issued_at: at }).ok).toBe(true);
      expect(issue(201, { ...issuedToken, created_at: at })).toMatchObject({
        answer: { lifeMs: 21_600_000 },
      });
    }
  },
  'Q7 a token lives for what it says'() {
    for (const hours of [1, 6, 24])
      expect(issue(201, { ...issuedToken, expires_in: hours * 3_600 })).toMatchObject({
        answer: { lifeMs: hours * 3_600_000 },
      });
  },
  async 'Q8 times are texts or numbers'() {
    for (const at of ['1764547200000', 1_764_547_200_000])
      expect(await on([200, { ...session, notAfter: at }]).client.sessions.create(form)).toMatchObject({
        notAfter: 1_764_547_200_000,
      });
  },
  async 'Q9 parameters go by either of their names'() {
    for (const body of [
      { existingParameters: { domainName: 'adobe.com' }, missingParameters: ['mvpd', 'domainName'] },
      { existing: { domain: 'adobe.com' }, missing: ['mvpd', 'domain'] },
    ]) {
      expect(await on([200, body]).client.sessions.retrieve({ code: 'ABC1234' })).toMatchObject({
        existingParameters: { domainName: 'adobe.com' },
        missingParameters: ['mvpd', 'domainName'],
      });
    }
  },
  async 'Q10 paths are those of the tables'() {
    const at = on(
      [200, session],
      [200, { existingParameters: {} }],
      [200, { logouts: {} }],
      [200, { decisions: [permit] }],
    );
    await at.client.sessions.create(form);
    await at.client.sessions.retrieve({ code: 'ABC1234' });
    await at.client.logout({ mvpd, redirectUrl: form.redirectUrl });
    await at.client.decisions.authorize({ mvpd, resources: ['a'] });
    expect(at.transport.sent.map(({ path }) => path.split('?')[0])).toEqual([
      '/api/v2/REF30/sessions',
      '/api/v2/REF30/sessions/ABC1234',
      '/api/v2/REF30/logout/Acme',
      '/api/v2/REF30/decisions/authorize/Acme',
    ]);
    expect(new URL(at.client.sessions.authenticateUrl({ code: 'ABC1234' })).pathname).toBe(
      '/api/v2/authenticate/REF30/ABC1234',
    );
  },
  async 'Q11 providers are listed in the requestor, beside it, or not at all'() {
    const mvpds = [{ id: mvpd, displayName: 'Acme TV' }];
    for (const [body, count] of [
      [{ requestor: { id: 'REF30', mvpds } }, 1],
      [{ requestor: { id: 'REF30' }, mvpds }, 1],
      [{ requestor: { id: 'REF30' } }, 0],
    ] as const)
      expect((await on([200, body]).client.configuration()).mvpds).toHaveLength(count);
  },
  async 'Q12 the list is kept for two minutes'() {
    const body = { requestor: { id: 'REF30', mvpds: [] } };
    const at = on([200, body], [200, body]);
    await at.client.configuration();
    at.clock.advance(119_000);
    await at.client.configuration();
    expect(at.transport.sent).toHaveLength(1);
    expect(defaultTiming.calls.configurationMs).toBe(120_000);
  },
  'Q13 a sign-in is asked for every five seconds, and never faster than three'() {
    expect([defaultTiming.calls.pollMs, defaultTiming.calls.shortestPollMs]).toEqual([5_000, 3_000]);
  },
  async 'Q14 an error counts by its code, whatever its action and status, with a trace or none'() {
    for (const [status, action] of [
      [400, 'none'],
      [403, 'authentication'],
      [412, 'later'],
    ] as const)
      await expect(
        on([status, { status: 202, action, code: 'invalid_parameter_mvpd' }]).client.profiles.all(),
      ).rejects.toMatchObject({ adobe: { code: 'invalid_parameter_mvpd' } });
  },
  async 'Q15 a missing profile is the same for the call and for an item'() {
    const error = { status: 403, code: 'authenticated_profile_missing', action: 'authentication' };
    const expected = [
      { resource: 'a', authorized: false, error: { code: error.code, viewerMustSignIn: true } },
    ];
    expect(await authorize([403, error])).toMatchObject(expected);
    expect(await authorize([200, { decisions: [{ ...permit, authorized: false, error }] }])).toMatchObject(
      expected,
    );
  },
  async 'Q16 too many resources are told by the call or by its items'() {
    const error = { status: 403, code: 'too_many_resources', action: 'configuration' };
    await expect(authorize([403, error], ['a', 'b'])).rejects.toMatchObject({
      adobe: { code: error.code },
      mustAct: 'operator',
    });
    expect(await authorize([200, { decisions: [{ resource: 'a', error }] }])).toMatchObject([
      { authorized: false, error: { code: error.code } },
    ]);
  },
  async 'Q17 a degraded denial may have the code of another denial'() {
    for (const code of ['authorization_denied_by_degradation_rule', 'authorization_denied_by_mvpd'])
      expect(
        await authorize([
          200,
          {
            decisions: [
              { ...permit, source: 'degradation', authorized: false, error: { code, action: 'none' } },
            ],
          },
        ]),
      ).toMatchObject([{ authorized: false, source: 'degradation', error: { code } }]);
  },
  async 'Q18 logout sends where to end, and reads a step under another name'() {
    const at = on([200, { logouts: { Other: { actionName: 'complete', actionType: 'none', mvpd } } }]);
    expect(await at.client.logout({ mvpd, redirectUrl: form.redirectUrl })).toMatchObject([
      { actionName: 'complete', mvpd },
    ]);
    expect(at.transport.sent[0]?.path).toContain('redirectUrl=https%3A%2F%2Fexample.com%2Fdone');
  },
  async 'Q19 the status of the framework belongs to partner calls'() {
    await expect(on().client.partnerSso.createSession(form)).rejects.toMatchObject({
      code: 'parameter_invalid',
    });
  },
  async 'Q20 the partner is Apple, or as it is given'() {
    const at = on([200, session], [200, session]);
    const client = at.as({ partnerFrameworkStatus: 'e30=' });
    await client.partnerSso.createSession({});
    await client.partnerSso.createSession({ partner: 'apple' });
    expect(at.transport.sent.map(({ path }) => path)).toEqual([
      '/api/v2/REF30/sessions/sso/Apple',
      '/api/v2/REF30/sessions/sso/apple',
    ]);
  },
  async 'Q21 a partner profile comes with 201 or 200'() {
    for (const status of [200, 201]) {
      const at = on([status, { profiles: { Acme: { ...profile, type: 'appleSSO', issuer: 'Apple' } } }]);
      expect(
        await at.as({ partnerFrameworkStatus: 'e30=' }).partnerSso.createProfile({ samlResponse: '<a/>' }),
      ).toMatchObject({ type: 'appleSSO' });
    }
  },
  async 'Q22 the identity of a trial goes with the four calls that may want it, and no others'() {
    const at = on(none, none, [200, { decisions: [permit] }], [200, { decisions: [permit] }], none, [
      200,
      session,
    ]);
    const client = at.as({ tempPassIdentity: 'aWQ=' });
    await client.profiles.forMvpd({ mvpd });
    await client.profiles.forCode({ code: 'ABC1234' });
    await client.decisions.preauthorize({ mvpd, resources: ['a'] });
    await client.decisions.authorize({ mvpd, resources: ['a'] });
    await client.profiles.all();
    await client.sessions.create(form);
    expect(at.transport.sent.map(({ headers }) => headers['ap-temppass-identity'] === 'aWQ=')).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  },
  async 'Q23 a service token is sent as it is'() {
    const at = on(none);
    await at.as({ serviceToken: 'no.jwt.at-all' }).profiles.all();
    expect(at.transport.sent[0]?.headers['ad-service-token']).toBe('no.jwt.at-all');
  },
  async 'Q24 a 429 without any word is waited for'() {
    const at = on([429], none);
    expect(await at.play(at.client.profiles.all())).toEqual([]);
  },
  'Q25 registration names the address of the device, too'() {
    expect(dcrHeaders({ identifier: 'tv', address: '203.0.113.7' })).toEqual({
      'x-forwarded-for': '203.0.113.7',
    });
  },
  'Q26 hosts have defaults, and can be replaced'() {
    expect(resolveBaseUrl('prequal-production').host).toBe('sp-prequal.auth.adobe.com');
    expect(resolveBaseUrl('prequal-production', 'https://api.auth.adobe.com').host).toBe(
      'api.auth.adobe.com',
    );
  },
  async 'Q27 a 401 renews the token, whatever its body'() {
    for (const body of [
      { status: 401, code: 'invalid_access_token', action: 'none' },
      { error: 'access_denied' },
      undefined,
      '<html></html>',
    ]) {
      const at = on([401, body], none);
      expect(await at.client.profiles.all()).toEqual([]);
      expect(at.transport.sent.map(({ headers }) => headers['authorization'])).toEqual([
        'Bearer token-1',
        'Bearer token-2',
      ]);
    }
  },
  async 'Q28 a second 401 is a matter of configuration, and costs no pair'() {
    const error = {
      status: 401,
      code: 'invalid_access_token_client_application',
      action: 'application-registration',
    };
    const at = on([401, error], [401, error]);
    await expect(at.client.profiles.all()).rejects.toMatchObject({ code: 'application_not_accepted' });
    expect(at.tokens.asked).toHaveLength(1);
  },
  async 'Q29 what is named and not described is not called'() {
    await expect(on().client.request('GET', '/o/client/scopes')).rejects.toMatchObject({
      code: 'request_path_invalid',
    });
    expect(registerClientRequest({ softwareStatement: 'a.b.c', headers: {} }).body).toBe(
      '{"software_statement":"a.b.c"}',
    );
  },
  'Q30 a statement is not read, beyond its being a JWT'() {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(() => new SoftwareStatement(`${part({ alg: 'RS256' })}.${part({})}.c2ln`)).not.toThrow();
    expect(
      () => new SoftwareStatement(`${part({ alg: 'RS256' })}.${part({ iss: 'elsewhere', exp: 1 })}.c2ln`),
    ).not.toThrow();
  },
  async 'Q31 a device polls with its own pair, and a second screen resumes with its own'() {
    const at = on(none, [200, session]);
    await at.client.profiles.forCode({ code: 'ABC1234' });
    await at.client.sessions.resume({ code: 'ABC1234', ...form });
    expect(at.transport.sent.every(({ headers }) => headers['authorization'] === 'Bearer token-1')).toBe(
      true,
    );
  },
  async 'Q32 a newer code ends the wait for the one before'() {
    const at = on([200, { ...session, code: 'OLD1234' }], none, [200, { ...session, code: 'NEW1234' }]);
    await at.client.sessions.create(form);
    const waiting = at.client.profiles.waitFor({ code: 'OLD1234' });
    await new Promise((resolve) => setImmediate(resolve));
    await at.client.sessions.create(form);
    expect(await at.play(waiting)).toMatchObject({ outcome: 'superseded' });
  },
  async 'Q33 a code may have any length and letters'() {
    for (const code of ['8ER640M', 'XTC98W', 'A', 'Ä1?']) {
      const at = on(none);
      await at.client.profiles.forCode({ code });
      expect(at.transport.sent[0]?.path).toBe(`/api/v2/REF30/profiles/code/${encodeURIComponent(code)}`);
    }
  },
  async 'Q34 a permit may have no time, and its token other times'() {
    const token = { serializedToken: 'x', notAfter: 1_764_547_200_000, issuedAt: '2026-12-01T00:00:00Z' };
    expect(await authorize([200, { decisions: [{ ...permit, token }] }])).toMatchObject([
      { authorized: true, token: { serializedToken: 'x', notAfter: 1_764_547_200_000 } },
    ]);
  },
  async 'Q35 decisions are matched by their resource, in any order, with spaces around'() {
    const decisions = [
      { ...permit, resource: ' b ' },
      { ...permit, resource: 'a', authorized: false },
    ];
    const found = await on([200, { decisions }]).client.decisions.authorize({
      mvpd,
      resources: ['a', 'b', 'a'],
    });
    expect(found).toMatchObject([
      { resource: 'a', authorized: false },
      { resource: 'b', authorized: true },
      { resource: 'a', authorized: false },
    ]);
  },
  async 'Q36 encrypted metadata is handed on as it came'() {
    const zip = { value: 'Base64==', state: 'enc' };
    const [found] = await on([
      200,
      { profiles: { Acme: { ...profile, attributes: { zip } } } },
    ]).client.profiles.all();
    expect(found?.attributes['zip']).toMatchObject(zip);
  },
  async 'Q37 what asks for patience is repeated twice at most'() {
    const at = on([503], [503], [503]);
    await expect(at.play(at.client.profiles.all())).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(at.transport.sent).toHaveLength(3);
  },
  async 'Q38 only the second version of the API is called'() {
    await expect(on().client.request('GET', '/api/v1/config/REF30')).rejects.toMatchObject({
      code: 'request_path_invalid',
    });
  },
  'Q39 a report ends with a date'() {
    expect(esmCall({ start: '2024-07-01', end: '2024-07-30' }).path).toBe(
      '/esm/v3?start=2024-07-01&end=2024-07-30&format=json',
    );
  },
  'Q40 sizes and protocols':
    'nothing to read: an ordinary HTTP client with time limits (test/http/undiciTransport.test.ts)',
  'Q41 a refresh token is ignored'() {
    const issued = issue(201, { ...issuedToken, refresh_token: 'refresh' });
    expect(issued.ok).toBe(true);
    expect(JSON.stringify(issued)).not.toContain('refresh');
  },
  'Q42 the status of providers': 'nothing to read: nobody documents the service',
  async 'Q43 the visitor is named on resume, too'() {
    const at = on([200, session]);
    await at
      .as({ visitorIdentifier: '20265673158980419722735089753036633573' })
      .sessions.resume({ code: 'ABC1234', ...form });
    expect(at.transport.sent[0]?.headers).toHaveProperty('ap-visitor-identifier');
  },
  async 'Q44 no session identifier is sent'() {
    const at = on([200, { decisions: [permit] }]);
    await at.client.decisions.authorize({ mvpd, resources: ['a'] });
    expect(at.transport.sent[0]?.headers).not.toHaveProperty('ap-session-identifier');
  },
};

describe('where Adobe leaves room for several readings', () => {
  it('there is a row for each question', () => {
    const numbers = Object.keys(rows).map((name) => /^Q(\d+) /.exec(name)?.[1]);
    expect(numbers).toEqual(Array.from({ length: 44 }, (_, index) => String(index + 1)));
  });

  it.each(Object.entries(rows).filter(([, row]) => typeof row !== 'string'))('%s', async (_, row) => {
    expect.hasAssertions();
    if (typeof row !== 'string') await row();
  });
});
