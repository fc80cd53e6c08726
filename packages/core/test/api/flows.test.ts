import { describe, expect, it } from 'vitest';
import type { PassClient } from '../../src/PassClient.js';
import { createHarness, deviceNumber, type Harness } from '../session/harness.js';

const form = { domainName: 'adobe.com', redirectUrl: 'https://example.com/done' };

/** A person at the provider's login page. */
async function logIn(url: string): Promise<void> {
  const login = await (await fetch(url)).text();
  const action = /<form method="post" action="([^"]+)"/.exec(login)?.[1] ?? '';
  const hidden = login.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  const fields = Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value]));
  const body = new URLSearchParams({ ...fields, username: 'viewer', password: 'viewer' });
  const done = await fetch(new URL(action, url), { method: 'POST', body, redirect: 'manual' });
  expect(done.headers.get('location')).toMatch(/^https:\/\/example\.com\/done/);
}

async function signIn(client: PassClient, mvpd = 'Cablevision'): Promise<string> {
  const session = await client.sessions.create({ mvpd, ...form });
  if (session.actionName !== 'authenticate') throw new Error(`nobody signs in: ${session.actionName}`);
  await logIn(session.url);
  expect(await client.profiles.waitFor(session)).toMatchObject({ outcome: 'signedIn', profile: { mvpd } });
  return mvpd;
}

async function clientOn(harness: Harness, n = 1): Promise<PassClient> {
  return harness.createPass().client({ ...deviceNumber(n), info: { model: 'AFTM', osName: 'Android' } });
}

describe('with the simulator', () => {
  it('a viewer signs in, asks what there is, plays, and signs out', async () => {
    await using harness = await createHarness();
    const client = await clientOn(harness);
    expect(await client.profiles.all()).toEqual([]);
    const { mvpds } = await client.configuration();
    expect(mvpds.map(({ id }) => id)).toContain('Cablevision');

    const mvpd = await signIn(client);
    expect(await client.profiles.forMvpd({ mvpd })).toMatchObject({ type: 'regular', issuer: mvpd });
    expect(await client.sessions.create({ mvpd, ...form })).toMatchObject({ actionName: 'authorize' });

    const resources = ['REF30', 'REF30-kids', 'REF30-movies', 'a', 'b', 'c'];
    const shown = await client.decisions.preauthorize({ mvpd, resources });
    expect(shown.map(({ resource }) => resource)).toEqual(resources);
    expect(shown[0]).toMatchObject({ authorized: true });
    expect(harness.simulator.ledger.count({ endpoint: 'preauthorize' })).toBe(2);

    const [decision] = await client.decisions.authorize({ mvpd, resources: ['REF30'] });
    expect(decision).toMatchObject({ authorized: true, token: { notAfter: expect.any(Number) as number } });

    const [step] = await client.logout({ mvpd, redirectUrl: form.redirectUrl });
    expect(step).toMatchObject({ mvpd, actionType: expect.any(String) as string });
    expect(await client.profiles.all()).toEqual([]);
    expect(await client.decisions.authorize({ mvpd, resources: ['REF30'] })).toMatchObject([
      { authorized: false, error: { code: 'authenticated_profile_missing', viewerMustSignIn: true } },
    ]);
    const [again] = await client.logout({ mvpd, redirectUrl: form.redirectUrl });
    expect(again).toMatchObject({ actionName: 'invalid' });
  });

  it('a code typed on a second screen signs the TV in', async () => {
    await using harness = await createHarness();
    const tv = await clientOn(harness, 1);
    const phone = await clientOn(harness, 2);
    const session = await tv.sessions.create();
    if (session.actionName !== 'resume') throw new Error(session.actionName);
    expect(session.missingParameters).toEqual(['mvpd', 'domainName', 'redirectUrl']);
    const typed = ` ${session.code.toLowerCase().slice(0, 3)} ${session.code.toLowerCase().slice(3)}`;
    expect(await phone.sessions.retrieve({ code: typed })).toMatchObject({
      missingParameters: ['mvpd', 'domainName', 'redirectUrl'],
    });
    const resumed = await phone.sessions.resume({ code: typed, mvpd: 'Cablevision', ...form });
    expect(resumed).toMatchObject({ actionName: 'authenticate', code: session.code });
    await logIn(phone.sessions.authenticateUrl({ code: typed }));
    expect(await tv.profiles.waitFor(session)).toMatchObject({ outcome: 'signedIn' });
    expect(await tv.profiles.all()).toHaveLength(1);
    expect(await phone.profiles.all()).toEqual([]);
  });

  it('a code that there is not, and a provider that there is not, are told', async () => {
    await using harness = await createHarness();
    const client = await clientOn(harness);
    await expect(client.sessions.retrieve({ code: 'NOSUCH1' })).rejects.toMatchObject({
      code: 'upstream_refused',
      mustAct: 'viewer',
    });
    await expect(client.sessions.create({ mvpd: 'Nobody', ...form })).rejects.toMatchObject({
      code: 'upstream_refused',
      adobe: { code: 'invalid_parameter_mvpd' },
    });
    const session = await client.sessions.create({ mvpd: 'Cablevision', ...form });
    if (!('code' in session)) throw new Error(session.actionName);
    harness.advance(31 * 60_000);
    expect(await client.profiles.waitFor(session)).toEqual({ outcome: 'expired' });
    expect(await client.profiles.waitFor({ code: session.code })).toMatchObject({ outcome: 'codeRefused' });
  });

  it('a free trial needs no sign-in, and ends', async () => {
    await using harness = await createHarness();
    const client = await clientOn(harness);
    const mvpd = 'TempPass_TEST40';
    expect(await client.decisions.authorize({ mvpd, resources: ['REF30'] })).toMatchObject([
      { authorized: true, source: 'temppass' },
    ]);
    expect(await client.profiles.forMvpd({ mvpd })).toMatchObject({
      type: 'temporary',
      temporaryAccess: { expiresAt: expect.any(Number) as number },
    });
    harness.advance(365 * 24 * 60 * 60_000);
    expect(await client.decisions.authorize({ mvpd, resources: ['REF30'] })).toMatchObject([
      {
        authorized: false,
        error: { code: 'temporary_access_duration_limit_exceeded', viewerMustSignIn: true },
      },
    ]);
  });
});
