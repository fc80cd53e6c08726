import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createServerPassWith } from '../../src/createServerPassWith.js';
import type { ServerPass } from '../../src/management/ServerPass.js';
import type { TempPassReset } from '../../src/management/tempPass.js';
import type { Pass } from '../../src/Pass.js';
import type { PassClient } from '../../src/PassClient.js';
import { timingWith } from '../../src/testing/timingWith.js';
import {
  briefHold,
  createHarness,
  deviceNumber,
  recordEvents,
  secret,
  type Harness,
} from '../session/harness.js';

const mvpd = 'TempPass_TEST40';
const promotional = 'TempPass_Promotion';
const dayMs = 24 * 60 * 60_000;

describe('a Pass of the server itself', () => {
  let harness: Harness;
  let server: ServerPass;
  let tv: Pass;
  let since = 0;

  const newServer = (
    statement = harness.simulator.issueSoftwareStatement({ application: 'operations' }),
  ): ServerPass =>
    createServerPassWith(
      {
        identity: 'server',
        softwareStatement: statement,
        serviceProvider: 'REF30',
        environment: 'local',
        baseUrl: harness.simulator.url,
        // The very names of the devices' Pass.
        application: 'tv',
        cache: harness.cache,
        secret,
      },
      { clock: harness.clock, random: () => 0.5, timing: timingWith({ recovery: briefHold }) },
    );
  const sent = (endpoint: 'register' | 'token' | 'resetTempPass' | 'esmReport' | 'degradation') =>
    harness.simulator.ledger.entries({ endpoint, since });
  const client = (n: number): PassClient => tv.client(deviceNumber(n));
  const play = async (of: PassClient, provider = mvpd): Promise<unknown> => {
    const [decision] = await of.decisions.authorize({ mvpd: provider, resources: ['REF30'] });
    return decision?.authorized;
  };

  beforeAll(async () => {
    harness = await createHarness();
    server = newServer();
    tv = harness.createPass();
  });
  beforeEach(() => {
    since = harness.simulator.ledger.mark();
  });
  afterAll(async () => {
    await server.close();
    await harness[Symbol.asyncDispose]();
  });

  it('has one pair and one token for all processes, and is no device', async () => {
    const others = [newServer(), newServer()];
    const tokens = await Promise.all(
      [server, ...others].flatMap((each) => [each.accessToken(), each.accessToken()]),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(sent('register')).toHaveLength(1);
    expect(sent('token')).toHaveLength(1);
    await server.esm.report({ path: 'media-company' });
    const names = harness.simulator.ledger.entries({ since }).flatMap(({ headerNames }) => headerNames);
    expect(names).not.toContain('ap-device-identifier');
    expect(names).not.toContain('x-forwarded-for');
    await Promise.all(others.map(async (each) => await each.close()));
  });

  it('shares no pair with a device of the same name in the same cache', async () => {
    await server.accessToken();
    await tv.client({ identifier: 'the server itself' }).profiles.all();
    const { clientId } = harness.simulator.ledger.entries({ endpoint: 'profiles', since })[0] ?? {};
    await server.esm.report();
    expect(sent('esmReport')[0]?.clientId).not.toBe(clientId);
  });

  it('gives one device its free trial back, and no other', async () => {
    const [one, other] = [client(1), client(2)];
    expect([await play(one), await play(other)]).toEqual([true, true]);
    harness.advance(dayMs);
    expect([await play(one), await play(other)]).toEqual([false, false]);
    await server.resetTempPass({ mvpd, device: 'device-1' });
    expect([await play(one), await play(other)]).toEqual([true, false]);
    expect(sent('resetTempPass')[0]).toMatchObject({ method: 'DELETE', status: 204 });
  });

  it('gives everybody theirs back only where that is said', async () => {
    const [one, other] = [client(3), client(4)];
    await Promise.all([play(one), play(other)]);
    harness.advance(dayMs);
    await server.resetTempPass({ mvpd, all: true });
    expect([await play(one), await play(other)]).toEqual([true, true]);
  });

  it('gives a promotional trial back by the hash of the identity', async () => {
    const tempPassIdentity = Buffer.from(JSON.stringify({ email: 'hash-1' })).toString('base64');
    const one = tv.client(deviceNumber(5), { tempPassIdentity });
    await play(one, promotional);
    harness.advance(30 * dayMs);
    expect(await play(one, promotional)).toBe(false);
    await server.resetTempPass({ mvpd: promotional, identityHash: 'somebody else' });
    expect(await play(one, promotional)).toBe(false);
    await server.resetTempPass({ mvpd: promotional, identityHash: 'hash-1' });
    expect(await play(one, promotional)).toBe(true);
  });

  it.each<[string, object | undefined]>([
    ['nobody', { mvpd }],
    ['a device that is undefined', { mvpd, device: undefined }],
    ['an empty device', { mvpd, device: '' }],
    ['a blank device', { mvpd, device: '  ' }],
    ['the word for everybody as a device', { mvpd, device: 'all' }],
    ['that word in capitals', { mvpd, device: ' ALL ' }],
    ['that word as an identity', { mvpd, identityHash: 'all' }],
    ['all: false', { mvpd, all: false }],
    ["all: 'true'", { mvpd, all: 'true' }],
    ['one device and everybody', { mvpd, device: 'device-1', all: true }],
    ['no TempPass', { device: 'device-1' }],
    ['nothing at all', undefined],
  ])('asks for no reset of %s', async (_, parameters) => {
    using heard = recordEvents();
    await expect(server.resetTempPass(parameters as TempPassReset)).rejects.toMatchObject({
      code: 'parameter_invalid',
      status: 400,
    });
    expect(sent('resetTempPass')).toEqual([]);
    expect(heard.of('requestFailed')).toMatchObject([{ code: 'parameter_invalid' }]);
  });

  it('has no type for a reset that names nobody', () => {
    // @ts-expect-error -- one of device, identityHash and all has to be said
    const nobody: TempPassReset = { mvpd };
    // @ts-expect-error -- a variable that was never filled is not everybody
    const unfilled: TempPassReset = { mvpd, device: undefined };
    // @ts-expect-error -- one or all
    const both: TempPassReset = { mvpd, device: 'a', all: true };
    expect([nobody, unfilled, both]).toHaveLength(3);
  });

  it('says that there is no such TempPass', async () => {
    await expect(server.resetTempPass({ mvpd: 'Cablevision', all: true })).rejects.toMatchObject({
      code: 'upstream_refused',
      adobe: { code: 'invalid_parameter_mvpd' },
    });
  });

  it('sets a degradation rule by the recipe, and ends it', async () => {
    const rule = '/control/v3/degradation/Simulated/authnAll';
    const query = { format: 'json', programmer: 'REF30', mvpd: 'Cablevision' };
    const signedIn = async (): Promise<unknown> =>
      (await client(6).profiles.forMvpd({ mvpd: 'Cablevision' }))?.type;
    await server.request('POST', rule, { query: { ...query, ttl: '600' }, apiVersion: '3.0' });
    expect(await signedIn()).toBe('degraded');
    const { body } = await server.request('GET', rule, { query, apiVersion: '3.0' });
    expect(body).toMatchObject({ 'degradation-measures': [{ id: 'authn-all', ttl: 600 }] });
    await server.request('DELETE', rule, { query, apiVersion: '3.0' });
    expect(await signedIn()).toBeUndefined();
  });

  it.each([
    '/api/v2/REF30/profiles',
    '/o/client/register',
    '/esm/v3/../../api/v2/REF30/profiles',
    '/esm/v3/%2e%2e/%2e%2e/o/client/token',
    '//elsewhere.example/esm/v3/media-company',
    'https://elsewhere.example/esm/v3/media-company',
    '/control/v3/other',
    '/reset-tempass/v3/',
  ])('sends no token to %s', async (path) => {
    await expect(server.request('GET', path)).rejects.toMatchObject({ code: 'request_path_invalid' });
    expect(harness.simulator.ledger.entries({ since })).toEqual([]);
  });

  it('answers a 401 by one token and one replay', async () => {
    harness.simulator.fault({ endpoint: 'resetTempPass', effect: { status: 401 } });
    await server.resetTempPass({ mvpd, all: true });
    expect(sent('resetTempPass').map(({ status }) => status)).toEqual([401, 204]);
    expect(sent('token')).toHaveLength(1);
    harness.advance(60_000);
  });

  it('takes a 403 for a matter of configuration, and keeps its pair until it is forgotten', async () => {
    const application = 'operations';
    const fault = harness.simulator.fault({
      endpoint: 'esmReport',
      count: Infinity,
      effect: { status: 403 },
    });
    await expect(server.esm.report()).rejects.toMatchObject({
      code: 'application_not_accepted',
      status: 500,
      adobe: { status: 403 },
      message: expect.stringContaining('has enabled the registered application for this API') as string,
    });
    expect(sent('esmReport')).toHaveLength(2);
    expect(sent('register')).toEqual([]);
    fault.remove();
    await server.forget();
    await server.esm.report();
    expect(sent('register')).toHaveLength(1);
    expect(harness.simulator.clients({ application }).length).toBeGreaterThan(1);
  });

  it('has a statement without the scope told so', async () => {
    const without = createServerPassWith(
      {
        identity: 'server',
        softwareStatement: harness.simulator.issueSoftwareStatement({ application: 'tv' }),
        serviceProvider: 'REF30',
        environment: 'local',
        baseUrl: harness.simulator.url,
        application: 'another',
        cache: harness.cache,
        secret,
      },
      { clock: harness.clock, timing: timingWith({ recovery: briefHold }) },
    );
    await expect(without.resetTempPass({ mvpd, all: true })).rejects.toMatchObject({
      code: 'application_not_accepted',
    });
    await without.close();
  });
});
