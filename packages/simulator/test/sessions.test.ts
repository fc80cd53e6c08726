import { describe, expect, test } from 'vitest';

import { decideSession } from '../src/api/sessions/decideSession.js';
import { isRedirectUrl } from '../src/api/sessions/sessionForm.js';
import { at, call, deviceInfoHeader, textAt } from './support/caller.js';
import { aString, matching } from './support/like.js';
import { completeForm, turnOn, turnOnAt } from './support/Tv.js';

const halfAnHourMs = 30 * 60_000;

describe('creating a session', () => {
  test('with everything leads to the authenticate URL, by a code that can be read aloud', async () => {
    const { simulator, tv } = await turnOn();
    const { status, json, headers } = await tv.createSession();
    const now = simulator.clock.now();
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json;charset=UTF-8']);
    expect(json).toEqual({
      actionName: 'authenticate',
      actionType: 'interactive',
      reasonType: 'none',
      url: `/api/v2/authenticate/REF30/${textAt(json, 'code')}`,
      code: matching(/^[ACDEFGHJKMNPQRTWXY34679]{7}$/),
      sessionId: aString,
      mvpd: 'Cablevision',
      serviceProvider: 'REF30',
      notBefore: String(now),
      notAfter: String(now + halfAnHourMs),
    });
  });

  test.each<[string, object, string[]]>([
    ['nothing', {}, ['mvpd', 'domainName', 'redirectUrl']],
    ['an MVPD only', { mvpd: 'Cablevision' }, ['domainName', 'redirectUrl']],
    ['empty values', { ...completeForm, redirectUrl: '' }, ['redirectUrl']],
  ])('with %s says what is missing', async (_what, form, missing) => {
    const { tv } = await turnOn();
    const { json } = await tv.createSession(form);
    expect(json).toMatchObject({
      actionName: 'resume',
      actionType: 'direct',
      reasonType: 'none',
      missingParameters: missing,
      url: `/api/v2/REF30/sessions/${textAt(json, 'code')}`,
    });
  });

  test('voids the code that the device had before', async () => {
    const { simulator, tv } = await turnOn();
    const other = await turnOnAt(simulator, 'bedroom');
    const [first, ofOther] = [await tv.code(), await other.code()];
    const second = await tv.code();
    expect((await tv.retrieve(first)).json).toMatchObject({ code: 'invalid_authentication_session' });
    expect((await tv.poll(first)).json).toMatchObject({ code: 'invalid_authentication_session' });
    for (const code of [second, ofOther]) expect((await tv.retrieve(code)).status).toBe(200);
  });

  test('of somebody who is signed in has no code, and leads to the decisions', async () => {
    const { tv } = await turnOn();
    tv.signIn();
    const { json } = await tv.createSession({ mvpd: 'Cablevision' });
    expect(json).toEqual({
      actionName: 'authorize',
      actionType: 'direct',
      reasonType: 'authenticated',
      url: '/api/v2/REF30/decisions/authorize/Cablevision',
      sessionId: aString,
      mvpd: 'Cablevision',
      serviceProvider: 'REF30',
    });
  });

  test.each<[string, object, string]>([
    ['an unknown MVPD', { ...completeForm, mvpd: 'Nobody' }, 'invalid_parameter_mvpd'],
    ['an MVPD of another channel', { ...completeForm, mvpd: 'OnlyOn31' }, 'invalid_integration'],
    ['an MVPD that is integrated no more', { ...completeForm, mvpd: 'FormerFiber' }, 'invalid_integration'],
    [
      'a misconfigured MVPD',
      { ...completeForm, mvpd: 'HollowcreekTV' },
      'invalid_configuration_mvpd_platform',
    ],
    [
      'a redirect URL that is none',
      { ...completeForm, redirectUrl: 'tv.example' },
      'invalid_parameter_redirect_url',
    ],
    [
      'a redirect URL that was encoded twice',
      { ...completeForm, redirectUrl: encodeURIComponent('https://tv.example/') },
      'invalid_parameter_redirect_url',
    ],
  ])('with %s is refused', async (_what, form, code) => {
    const { tv } = await turnOn();
    expect((await tv.createSession(form)).json).toMatchObject({ code });
  });

  test('does not match domainName with anything', async () => {
    const { tv } = await turnOn();
    expect(
      (await tv.createSession({ ...completeForm, domainName: 'https://elsewhere.example' })).json,
    ).toMatchObject({
      actionName: 'authenticate',
    });
  });

  test('wants a form where the pages are taken by their letter', async () => {
    const { simulator, tv } = await turnOn();
    expect(
      (await tv.send('POST', '/api/v2/REF30/sessions', '{}', { 'Content-Type': 'application/json' })).status,
    ).toBe(200);
    expect(simulator.sessions({ device: 'living-room' })).toHaveLength(1);
  });
});

describe('resuming a session', () => {
  test('takes what is missing, from any pair, in any number of steps', async () => {
    const { simulator, tv } = await turnOn();
    const phone = await turnOnAt(simulator, 'phone');
    const code = await tv.code({});
    expect((await phone.resume(code, { mvpd: 'Cablevision' })).json).toMatchObject({
      actionName: 'retry',
      actionType: 'direct',
      missingParameters: ['domainName', 'redirectUrl'],
      code,
    });
    const { domainName, redirectUrl } = completeForm;
    expect((await phone.resume(code, { domainName, redirectUrl })).json).toMatchObject({
      actionName: 'authenticate',
      url: `/api/v2/authenticate/REF30/${code}`,
      mvpd: 'Cablevision',
    });
  });

  test('says so when the device has access already', async () => {
    const { tv } = await turnOn();
    const code = await tv.code({});
    tv.signIn();
    expect((await tv.resume(code, { mvpd: 'Cablevision' })).json).toMatchObject({
      actionName: 'authorize',
      reasonType: 'authenticated',
    });
  });

  test.each<[string, string, string]>([
    ['unknown', 'ACDEFGH', 'invalid_authentication_session'],
    ['in lower case', 'acdefgh', 'invalid_parameter_code'],
    ['with a space', 'ACD%20FGH', 'invalid_parameter_code'],
  ])('by a code that is %s is refused', async (_what, code, error) => {
    const { tv } = await turnOn();
    expect((await tv.resume(code, completeForm)).json).toMatchObject({ code: error, status: 400 });
    expect((await tv.retrieve(code)).json).toMatchObject({ code: error });
    expect((await tv.poll(code)).json).toMatchObject({ code: error });
  });

  test('by a code of another channel is refused', async () => {
    const { tv } = await turnOn({ applications: [{ name: 'tv' }] });
    const code = textAt((await tv.createSession({}, 'REF31')).json, 'code');
    expect((await tv.resume(code, completeForm)).json).toMatchObject({
      code: 'invalid_authentication_session',
    });
  });
});

describe('retrieving a session', () => {
  test('shows what is known, what is missing, and the device that waits', async () => {
    const { simulator, tv } = await turnOn();
    const info = {
      model: 'AFTMM',
      manufacturer: 'Amazon',
      vendor: 'Amazon',
      osName: 'Android',
      osVersion: '7.1.2',
      version: '2',
      displayWidth: 1920,
      connectionIp: '203.0.113.9',
      connectionType: 'WiFi',
      connectionSecure: true,
    };
    const code = await tv.with({ 'X-Device-Info': deviceInfoHeader(info) }).code({ mvpd: 'Cablevision' });
    const phone = await turnOnAt(simulator, 'phone');
    const { json } = await phone.retrieve(code);
    expect(json).toMatchObject({
      existingParameters: { serviceProvider: 'REF30', mvpd: 'Cablevision' },
      missingParameters: ['domainName', 'redirectUrl'],
      device: {
        type: 'SetTopBox',
        model: 'AFTMM',
        hardware: { name: 'AFTMM', vendor: 'Amazon', manufacturer: 'Amazon' },
        operatingSystem: { name: 'Android', version: { major: 7, minor: 1, patch: 2 } },
        display: { width: 1920, vendor: null },
        applicationId: null,
        connection: { ipAddress: '203.0.113.9', port: '', secure: true, type: 'WiFi' },
      },
      notBefore: String(simulator.clock.now()),
      notAfter: String(simulator.clock.now() + halfAnHourMs),
    });
  });

  test('ends with its half hour', async () => {
    const { simulator, tv } = await turnOn();
    const code = await tv.code();
    simulator.clock.advance(halfAnHourMs - 1);
    expect((await tv.retrieve(code)).status).toBe(200);
    expect((await tv.poll(code)).json).toEqual({ profiles: {} });
    simulator.clock.advance(1);
    for (const answer of [await tv.retrieve(code), await tv.poll(code), await tv.resume(code, {})])
      expect(answer.json).toMatchObject({ status: 400, code: 'invalid_authentication_session' });
    expect((await call(simulator, `/api/v2/authenticate/REF30/${code}`)).status).toBe(400);
  });
});

test.each([
  ['https://tv.example/', true],
  ['http://127.0.0.1:3000/done?x=1', true],
  ['adobepass://com.programmer', true],
  ['https://viewer:secret@tv.example/', false],
  ['javascript:alert(1)', false],
  ['data:text/html,hello', false],
  ['file:///etc/passwd', false],
  ['//tv.example/', false],
  ['tv.example', false],
])('%s as redirect URL: %s', (url, is) => expect(isRedirectUrl(url)).toBe(is));

test('single sign-on is no reason that resuming knows', () => {
  const profile = {
    mvpd: 'A',
    type: 'serviceTokenSSO',
    issuer: 'A',
    notBefore: 0,
    notAfter: 1,
    attributes: {},
  } as const;
  const standing = { kind: 'signedIn', profile } as const;
  expect(decideSession('first', {}, standing)).toMatchObject({ reasonType: 'authenticatedSSO' });
  expect(decideSession('resumed', {}, standing)).toMatchObject({ reasonType: 'authenticated' });
});

test('codes differ', async () => {
  const { tv } = await turnOn();
  const codes = new Set<unknown>();
  for (let count = 0; count < 50; count += 1) codes.add(at((await tv.createSession()).json, 'code'));
  expect(codes.size).toBe(50);
});
