import { describe, expect, test } from 'vitest';

import { at, call, keysAt } from './support/caller.js';
import { Browser } from './support/Browser.js';
import { completeForm, turnOn, turnOnAt } from './support/Tv.js';

describe('signing in', () => {
  test.each(['Cablevision', 'NorthlightCable'])(
    'at %s leads back to the app, and the poll shows it',
    async (mvpd) => {
      const { simulator, tv } = await turnOn();
      const code = await tv.code({ ...completeForm, mvpd });
      const form = await new Browser(simulator).open(`/api/v2/authenticate/REF30/${code}`);
      expect(form.answer.status).toBe(200);
      const done = await form.submit('viewer', 'viewer');
      expect([done.status, done.headers.get('location')]).toEqual([303, completeForm.redirectUrl]);
      expect(at((await tv.poll(code)).json, 'profiles', mvpd)).toMatchObject({
        type: 'regular',
        issuer: mvpd,
        notBefore: simulator.clock.now(),
        notAfter: simulator.clock.now() + 30 * 86_400_000,
      });
      expect(keysAt((await tv.profiles()).json, 'profiles')).toEqual([mvpd]);
    },
  );

  test('needs the device that made the code for nothing: any browser will do, and any pair may poll', async () => {
    const { simulator, tv } = await turnOn();
    const code = await tv.code();
    const phone = await turnOnAt(simulator, 'phone');
    await (
      await new Browser(simulator).open(`/api/v2/authenticate/REF30/${code}`)
    ).submit('viewer', 'viewer');
    expect(keysAt((await phone.poll(code)).json, 'profiles')).toEqual(['Cablevision']);
    expect((await phone.profiles()).json).toEqual({ profiles: {} });
  });

  test('is answered by a 302 to one MVPD, by a form that submits itself to another', async () => {
    const { simulator, tv } = await turnOn();
    const redirect = await call(simulator, `/api/v2/authenticate/REF30/${await tv.code()}`);
    expect([
      redirect.status,
      redirect.headers.get('location')?.startsWith(`${simulator.url}/mvpd/Cablevision/login?SAMLRequest=`),
    ]).toEqual([302, true]);
    const code = await tv.code({ ...completeForm, mvpd: 'CopperleafTV' });
    const page = await call(simulator, `/api/v2/authenticate/REF30/${code}`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html;charset=UTF-8']);
    expect(page.text).toContain('document.forms[0].submit()');
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'sha256-/);
  });

  test('uses up the code, which polls on', async () => {
    const { simulator, tv } = await turnOn();
    const code = await tv.code();
    const form = await new Browser(simulator).open(`/api/v2/authenticate/REF30/${code}`);
    await form.submit('viewer', 'viewer');
    expect((await tv.retrieve(code)).json).toMatchObject({ code: 'invalid_authentication_session' });
    expect((await form.submit('viewer', 'viewer')).status).toBe(400);
    expect((await call(simulator, `/api/v2/authenticate/REF30/${code}`)).status).toBe(400);
    simulator.clock.advance(3_600_000);
    expect(keysAt((await tv.poll(code)).json, 'profiles')).toEqual(['Cablevision']);
  });

  test('gives a viewer the same userID on all devices', async () => {
    const { simulator, tv } = await turnOn();
    const other = await turnOnAt(simulator, 'bedroom');
    const ids = [];
    for (const set of [tv, other]) {
      const code = await set.code();
      await (
        await new Browser(simulator).open(`/api/v2/authenticate/REF30/${code}`)
      ).submit('viewer', 'viewer');
      ids.push(at((await set.profiles()).json, 'profiles', 'Cablevision', 'attributes', 'userID', 'value'));
    }
    expect(ids[0]).toBe(ids[1]);
  });
});

describe('the login page', () => {
  test.each([
    ['a wrong password', 'viewer', 'guess', 'Name or password is not right'],
    ['an unknown name', 'nobody', 'nobody', 'Name or password is not right'],
    ['a locked account', 'locked', 'locked', 'This account is locked'],
    ['an account without a package', 'nopackage', 'nopackage', 'no TV package'],
  ])('says so of %s, keeps the name, and lets one try again', async (_what, name, password, text) => {
    const { simulator, tv } = await turnOn();
    const code = await tv.code();
    const form = await new Browser(simulator).open(`/api/v2/authenticate/REF30/${code}`);
    const answer = await form.submit(name, password);
    expect(answer.status).toBe(401);
    expect(answer.text).toContain(text);
    expect(answer.text).toContain(`value="${name}"`);
    expect(answer.text).not.toContain('value="guess"');
    expect((await tv.poll(code)).json).toEqual({ profiles: {} });
    expect((await form.submit('viewer', 'viewer')).status).toBe(303);
  });

  test('has labels, a language, one heading, and what password managers look for', async () => {
    const { simulator, tv } = await turnOn();
    const { answer } = await new Browser(simulator).open(`/api/v2/authenticate/REF30/${await tv.code()}`);
    for (const part of [
      '<html lang="en">',
      '<title>Sign in to Cablevision</title>',
      '<label for="username">',
      'autocomplete="username"',
      '<label for="password">',
      'autocomplete="current-password"',
      '<button type="submit">Sign in</button>',
    ])
      expect(answer.text).toContain(part);
    expect(answer.text.match(/<h1>/g)).toHaveLength(1);
  });

  test('runs nothing, loads nothing, and leads to the app alone', async () => {
    const { simulator, tv } = await turnOn();
    const { answer } = await new Browser(simulator).open(`/api/v2/authenticate/REF30/${await tv.code()}`);
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self' https://tv.example;");
    expect(policy).not.toContain('script-src');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('shows what was typed as text', async () => {
    const { simulator, tv } = await turnOn();
    const form = await new Browser(simulator).open(`/api/v2/authenticate/REF30/${await tv.code()}`);
    const { text } = await form.submit('"><script>alert(1)</script>', 'x');
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&quot;&gt;&lt;script&gt;');
  });

  test.each(['/mvpd/Cablevision/login', '/mvpd/Cablevision/login?RelayState=nothing'])(
    'of no session is over: %s',
    async (path) => {
      const { simulator } = await turnOn();
      const answer = await call(simulator, path);
      expect([answer.status, answer.text.includes('This sign-in is over')]).toEqual([400, true]);
    },
  );

  test.each([
    ['a code that nobody made', 'ACDEFGH'],
    ['no code', 'nonsense'],
  ])('is not reached by %s: the error is a page', async (_what, code) => {
    const { simulator } = await turnOn();
    const answer = await call(simulator, `/api/v2/authenticate/REF30/${code}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'text/html;charset=UTF-8']);
  });

  test('takes its time at one MVPD', async () => {
    const { simulator, tv } = await turnOn({
      serviceProviders: [{ id: 'REF30', mvpds: [{ id: 'Slow', delayMs: 300 }] }],
    });
    const code = await tv.code({ ...completeForm, mvpd: 'Slow' });
    await new Browser(simulator).open(`/api/v2/authenticate/REF30/${code}`);
    expect(simulator.ledger.entries({ endpoint: 'login' })[0]?.durationMs).toBeGreaterThanOrEqual(290);
  });
});

describe('logging out', () => {
  const signedOut = { profiles: {} };

  test('removes the profile and leads to the page of the MVPD, which leads back', async () => {
    const { simulator, tv } = await turnOn();
    tv.signIn();
    const { json } = await tv.logout('Cablevision');
    expect(json).toMatchObject({
      logouts: { Cablevision: { actionName: 'logout', actionType: 'interactive', mvpd: 'Cablevision' } },
    });
    expect((await tv.profiles()).json).toEqual(signedOut);
    const page = await call(simulator, String(at(json, 'logouts', 'Cablevision', 'url')));
    expect([page.status, page.headers.get('location')]).toEqual([303, 'https://tv.example/out']);
  });

  test.each([
    ['nobody is signed in', 'Cablevision', false, 'invalid'],
    ['the MVPD has no such page', 'Halyard', true, 'complete'],
    ['it is a TempPass', 'TempPass_TEST40', false, 'complete'],
  ])('has nothing left to do if %s', async (_what, mvpd, isSignedIn, actionName) => {
    const { tv } = await turnOn();
    if (isSignedIn) tv.signIn(mvpd);
    expect((await tv.logout(mvpd)).json).toEqual({
      logouts: { [mvpd]: { actionName, actionType: 'none', mvpd } },
    });
  });

  test('may be a redirect', async () => {
    const { tv } = await turnOn();
    tv.signIn('Quarrystone');
    const { status, headers } = await tv.logout('Quarrystone');
    expect([status, headers.get('location')?.startsWith('/adobe-services/logout?')]).toEqual([302, true]);
    expect((await tv.profiles()).json).toEqual(signedOut);
  });

  test.each([
    [false, undefined, 200],
    [true, undefined, 400],
    [false, 'nowhere', 400],
  ])('strictly %s, redirectUrl %s: %i', async (strict, redirectUrl, status) => {
    const { tv } = await turnOn();
    const strictly = strict ? (await turnOn({ strict })).tv : tv;
    const query = redirectUrl === undefined ? '' : `?redirectUrl=${redirectUrl}`;
    const info = Buffer.from(
      JSON.stringify({ model: 'm', version: '1', osName: 'o', osVersion: '1', connectionType: 'c' }),
    ).toString('base64');
    const answer = await strictly.send('GET', `/api/v2/REF30/logout/Cablevision${query}`, undefined, {
      'X-Device-Info': info,
    });
    expect(answer.status).toBe(status);
  });
});
