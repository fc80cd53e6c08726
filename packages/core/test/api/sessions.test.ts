import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import type { PassContext } from '../../src/PassClient.js';
import { errorOf } from '../errorOf.js';
import { stage, type Stage } from './scripted.js';

const device = { identifier: 'tv', address: '203.0.113.7', userAgent: 'TV/1', info: { model: 'A' } };

const clientOn = (on: Stage, context?: PassContext): ApiClient => new ApiClient(on, device, context);

const authenticate = {
  actionName: 'authenticate',
  actionType: 'interactive',
  reasonType: 'none',
  url: '/api/v2/authenticate/REF30/8ER640M',
  code: '8ER640M',
  sessionId: '1b614390-6610-4d14-9421-6565f6e75958',
  mvpd: 'Cablevision',
  serviceProvider: 'REF30',
  notBefore: '1733735289035',
  notAfter: '1733737089035',
};

describe('client.sessions.create', () => {
  it('sends a form that is encoded once, with the headers that Adobe documents, of a confirmed pair', async () => {
    const on = stage([200, authenticate]);
    const client = clientOn(on, { subjectToken: 'a.b.c', tempPassIdentity: 'e30=', visitorIdentifier: '38' });
    await client.sessions.create({
      mvpd: 'A&B',
      domainName: 'adobe.com',
      redirectUrl: 'https://example.com/done?x=1',
    });
    const [sent] = on.transport.sent;
    expect(sent).toMatchObject({
      method: 'POST',
      path: '/api/v2/REF30/sessions',
      body: 'mvpd=A%26B&domainName=adobe.com&redirectUrl=https%3A%2F%2Fexample.com%2Fdone%3Fx%3D1',
    });
    expect(Object.keys(sent?.headers ?? {}).toSorted()).toEqual([
      'accept',
      'adobe-subject-token',
      'ap-device-identifier',
      'ap-visitor-identifier',
      'authorization',
      'content-type',
      'user-agent',
      'x-device-info',
      'x-forwarded-for',
    ]);
    expect(on.tokens.asked).toMatchObject([{ binds: true }]);
  });

  it('may leave everything to somebody else', async () => {
    const on = stage([
      200,
      {
        actionName: 'resume',
        actionType: 'direct',
        reasonType: 'none',
        missingParameters: ['mvpd', 'domain', 'redirecturl', 'later'],
        code: 'XTC98W',
        url: '/api/v2/REF30/sessions/XTC98W',
        sessionId: 's',
        serviceProvider: 'REF30',
      },
    ]);
    expect(await clientOn(on).sessions.create()).toEqual({
      actionName: 'resume',
      actionType: 'direct',
      reasonType: 'none',
      missingParameters: ['mvpd', 'domainName', 'redirectUrl', 'later'],
      code: 'XTC98W',
      sessionId: 's',
      serviceProvider: 'REF30',
      unknownFields: {},
    });
    expect(on.transport.sent[0]?.body).toBe('');
  });

  it('answers times as numbers and the url as one that a browser can open', async () => {
    const session = await clientOn(stage([200, { ...authenticate, later: 7 }])).sessions.create({});
    expect(session).toEqual({
      ...authenticate,
      notBefore: 1_733_735_289_035,
      notAfter: 1_733_737_089_035,
      url: 'https://sp.auth.adobe.com/api/v2/authenticate/REF30/8ER640M',
      missingParameters: [],
      unknownFields: { later: 7 },
    });
  });

  it('needs no code where nobody has to sign in', async () => {
    const answer = {
      actionName: 'authorize',
      actionType: 'direct',
      reasonType: 'authenticated',
      sessionId: 's',
    };
    expect(await clientOn(stage([200, answer])).sessions.create({ mvpd: 'Acme' })).toMatchObject({
      actionName: 'authorize',
      serviceProvider: 'REF30',
    });
  });

  it('keeps a step that it does not know', async () => {
    const session = await clientOn(stage([200, { actionName: 'dance', code: 'A' }])).sessions.create();
    expect(session).toMatchObject({ actionName: 'other', unknownFields: { actionName: 'dance' } });
  });

  it.each([
    undefined,
    [],
    {},
    { actionName: 7 },
    { ...authenticate, code: undefined },
    { actionName: 'partner_profile', authenticationRequest: { request: 'e30=' } },
  ])('refuses the answer %j', async (body) => {
    await expect(clientOn(stage([200, body])).sessions.create()).rejects.toMatchObject({
      code: 'upstream_response_invalid',
    });
  });

  it.each([
    [{ redirectUrl: 'nowhere' }, /^redirectUrl must be an absolute URL/],
    [{ redirectUrl: 'javascript:alert(1)' }, /^redirectUrl must be an absolute URL/],
    [{ redirectUrl: 'https://a b' }, /^redirectUrl must/],
    [{ domainName: 'a\r\nb: c' }, /^domainName must not contain control characters$/],
    [{ mvpd: '' }, /^mvpd must be text that is not empty, received an empty string$/],
    [{ mvpd: 7 as unknown as string }, /^mvpd must be text/],
    ['Cablevision' as unknown as object, /^sessions.create: the parameters must be an object/],
  ])('refuses %j before anything is sent', async (parameters, message) => {
    const on = stage();
    const refused = clientOn(on).sessions.create(parameters);
    await expect(refused).rejects.toMatchObject({ code: 'parameter_invalid', status: 400 });
    await expect(refused).rejects.toThrow(message);
    expect(on.transport.sent).toEqual([]);
  });
});

describe('client.sessions.resume', () => {
  it('takes a code as a person types it, and says nothing of the device, which may be a second screen', async () => {
    const on = stage([200, authenticate]);
    const client = clientOn(on, { subjectToken: 'a.b.c', visitorIdentifier: '38' });
    await client.sessions.resume({ code: ' 8er6-40m\n', mvpd: 'Cablevision' });
    const [sent] = on.transport.sent;
    expect(sent).toMatchObject({ path: '/api/v2/REF30/sessions/8ER640M', body: 'mvpd=Cablevision' });
    expect(Object.keys(sent?.headers ?? {}).toSorted()).toEqual([
      'accept',
      'ap-visitor-identifier',
      'authorization',
      'content-type',
      'user-agent',
      'x-forwarded-for',
    ]);
    expect(on.tokens.asked).toMatchObject([{ binds: true }]);
  });

  it('knows the code that Adobe leaves out of the answer', async () => {
    const answer = { ...authenticate, code: undefined };
    const session = await clientOn(stage([200, answer])).sessions.resume({ code: 'abc' });
    expect(session).toMatchObject({ code: 'ABC' });
  });

  it.each([[''], [' - '], [undefined], [7], ['x'.repeat(65)], ['..'], ['a/b']])(
    'refuses the code %j without showing it',
    async (code) => {
      const refused = clientOn(stage()).sessions.resume({ code: code as string });
      await expect(refused).rejects.toMatchObject({ code: 'parameter_invalid', status: 400 });
      if (typeof code === 'string' && code.length > 3) await expect(refused).rejects.not.toThrow(code);
    },
  );

  const refusal = [400, { status: 400, code: 'invalid_authentication_session', action: 'none' }] as const;
  const pair = { clientId: 'one', clientSecret: 'secret', generation: 1, registeredAt: 0 };

  it('passes on that there is no such code', async () => {
    const on = stage(refusal);
    on.tokens.pair = { ...pair, registeredAt: on.clock.now() };
    await expect(clientOn(on).sessions.resume({ code: 'ABC' })).rejects.toMatchObject({
      code: 'upstream_refused',
      mustAct: 'viewer',
      viewerMustSignIn: false,
    });
  });

  it('says to start again where the device has had another pair when the code was made', async () => {
    const on = stage([200, authenticate], refusal, refusal);
    on.tokens.pair = pair;
    const client = clientOn(on);
    await client.sessions.create({});
    on.tokens.pair = { ...pair, clientId: 'two' };
    const again = { code: 'session_outdated', viewerMustSignIn: true, mustAct: 'viewer' };
    await expect(client.sessions.resume({ code: '8ER640M' })).rejects.toMatchObject(again);
    await expect(client.sessions.retrieve({ code: '8ER640M' })).rejects.toMatchObject(again);
  });

  it('says so of a code that another process has made while the pair before was the device’s', async () => {
    const on = stage(refusal, refusal);
    on.tokens.pair = { ...pair, generation: 2, registeredAt: on.clock.now() - 60_000 };
    const client = clientOn(on);
    await expect(client.sessions.resume({ code: 'ABC' })).rejects.toMatchObject({ code: 'session_outdated' });
    on.clock.advance(30 * 60_000);
    await expect(client.sessions.resume({ code: 'ABC' })).rejects.toMatchObject({ code: 'upstream_refused' });
  });
});

describe('client.sessions.retrieve', () => {
  it('folds the names that Adobe’s pages have for one thing', async () => {
    const seen = { type: 'TV', model: null };
    const on = stage(
      [
        200,
        {
          existingParameters: { serviceProvider: 'REF30', domain: 'a.example' },
          missingParameters: ['mvpd'],
        },
      ],
      [
        200,
        {
          existing: { mvpd: 'Acme', redirecturl: 'x' },
          missing: ['domain'],
          device: seen,
          notAfter: '1733737089035',
        },
      ],
    );
    const { sessions } = clientOn(on);
    expect(await sessions.retrieve({ code: 'abc' })).toEqual({
      existingParameters: { serviceProvider: 'REF30', domainName: 'a.example' },
      missingParameters: ['mvpd'],
      unknownFields: {},
    });
    expect(await sessions.retrieve({ code: 'abc' })).toEqual({
      existingParameters: { mvpd: 'Acme', redirectUrl: 'x' },
      missingParameters: ['domainName'],
      device: seen,
      notAfter: 1_733_737_089_035,
      unknownFields: {},
    });
    expect(on.transport.sent[0]?.path).toBe('/api/v2/REF30/sessions/ABC');
    expect(on.tokens.asked).toEqual([]);
  });

  it.each([undefined, {}, { existingParameters: 'x' }])('refuses the answer %j', async (body) => {
    await expect(clientOn(stage([200, body])).sessions.retrieve({ code: 'A' })).rejects.toMatchObject({
      code: 'upstream_response_invalid',
    });
  });
});

describe('client.sessions.authenticateUrl', () => {
  it('is where a browser signs in, without a call', () => {
    const { sessions } = clientOn(stage(), { serviceProvider: 'a b' });
    expect(sessions.authenticateUrl({ code: 'ab c' })).toBe(
      'https://sp.auth.adobe.com/api/v2/authenticate/a%20b/ABC',
    );
    expect(errorOf(() => sessions.authenticateUrl({ code: '../x' })).code).toBe('parameter_invalid');
  });
});
