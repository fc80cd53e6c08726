import { describe, expect, test } from 'vitest';

import { guardControl } from '../src/control/guardControl.js';
import { isTrustedHost } from '../src/http/isTrustedHost.js';
import { connectSimulator, type Fault } from '../src/index.js';
import {
  at,
  authenticated,
  credentials,
  getConfiguration,
  getProfiles,
  pairOf,
  postRegister,
  postToken,
  registered,
  tokenFor,
} from './support/caller.js';
import { aString, errorLike } from './support/like.js';
import { rawRequest } from './support/rawRequest.js';
import { startSimulator } from './support/withSimulator.js';

const json = { 'Content-Type': 'application/json' };

describe('safety', () => {
  test.each([
    ['127.0.0.1:8089', true],
    ['127.0.0.1', true],
    ['localhost:8089', true],
    ['LOCALHOST', true],
    ['tv.localhost:1', true],
    ['[::1]:8089', true],
    ['192.168.1.4:8089', true],
    ['simulator:8089', true],
    ['evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example:8089', false],
    ['127.0.0.1@evil.example', false],
    ['', false],
    [undefined, false],
  ])('Host %s is trusted: %s', (host, trusted) => {
    expect(isTrustedHost(host, new Set(['simulator']))).toBe(trusted);
  });

  test('a page that rebinds its name reaches neither the control API nor an endpoint', async () => {
    const simulator = await startSimulator();
    for (const path of ['/__simulator/ledger', '/api/v2/REF30/configuration', '/']) {
      expect(
        (await rawRequest(simulator.url, path, { headers: { Host: `evil.example:${simulator.port}` } }))
          .status,
      ).toBe(421);
    }
    expect(
      (
        await rawRequest(simulator.url, '/__simulator/reset', {
          method: 'POST',
          headers: { ...json, Host: 'evil.example' },
          body: '{}',
        })
      ).status,
    ).toBe(421);
    expect(simulator.ledger.count()).toBe(0);
  });

  test('a further host name can be allowed', async () => {
    const simulator = await startSimulator({ allowedHosts: ['Simulator'] });
    expect(
      (await rawRequest(simulator.url, '/__simulator/health', { headers: { Host: 'simulator:8089' } }))
        .status,
    ).toBe(200);
  });

  test.each<[string, string, Record<string, string>, number]>([
    ['POST with JSON', 'POST', json, 200],
    ['POST with JSON and a charset', 'POST', { 'Content-Type': 'application/json; charset=utf-8' }, 200],
    ['POST with what a form can send', 'POST', { 'Content-Type': 'text/plain' }, 415],
    ['POST with a form', 'POST', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
    ['POST with something like JSON', 'POST', { 'Content-Type': 'application/jsonx' }, 415],
    ['POST without a type', 'POST', {}, 415],
    ['GET', 'GET', json, 404],
    ['PUT', 'PUT', json, 405],
    ['DELETE', 'DELETE', json, 405],
    ['OPTIONS, the preflight of a foreign page', 'OPTIONS', json, 405],
  ])('state changes: %s %#', async (_what, method, headers, status) => {
    const simulator = await startSimulator();
    await registered(simulator);
    expect(
      (
        await rawRequest(simulator.url, '/__simulator/reset', {
          method,
          headers,
          body: method === 'POST' || method === 'PUT' ? '{}' : '',
        })
      ).status,
    ).toBe(status);
    expect(simulator.clients()).toHaveLength(status === 200 ? 0 : 1);
  });

  test('on loopback no token is needed, unless one was given', async () => {
    expect((await startSimulator()).controlToken).toBeUndefined();
    const simulator = await startSimulator({ controlToken: 'a-token' });
    await expect(connectSimulator(simulator.url).health()).rejects.toMatchObject({ code: 'control_refused' });
    await expect(connectSimulator(simulator.url, { controlToken: 'a-tokem' }).health()).rejects.toMatchObject(
      { code: 'control_refused' },
    );
    await connectSimulator(simulator.url, { controlToken: 'a-token' }).health();
  });

  test('on another address than loopback the control API needs the token, for reading too', async () => {
    const simulator = await startSimulator({ host: '0.0.0.0' });
    expect(simulator.controlToken).toMatch(/^[\w-]{32}$/);
    for (const path of ['/__simulator/health', '/__simulator/ledger', '/__simulator/clock'])
      expect((await rawRequest(simulator.url, path)).status).toBe(401);
    expect(
      (await rawRequest(simulator.url, '/__simulator/reset', { method: 'POST', headers: json, body: '{}' }))
        .status,
    ).toBe(401);
    await connectSimulator(simulator.url, { controlToken: simulator.controlToken ?? '' }).reset();
    await authenticated(simulator);
  });

  test('the token is asked for before anything else', () => {
    expect(guardControl('POST', {}, 'a')).toMatchObject({ status: 401 });
    expect(guardControl('POST', { authorization: 'Bearer a' }, 'a')).toMatchObject({ status: 415 });
    expect(guardControl('GET', { authorization: 'Bearer a' }, 'a')).toEqual({ kind: 'allowed' });
  });
});

describe('input', () => {
  test.each<[string, string, unknown]>([
    ['clock', 'both ways of moving', { advanceMs: 1, nowMs: 1 }],
    ['clock', 'text as time', { advanceMs: '1' }],
    ['faults', 'a misspelt member', { endpont: 'token', effect: { status: 500 } }],
    ['revocations', 'nothing', {}],
    ['revocations', 'two targets', { token: 'a', clientId: 'b' }],
    ['revocations', 'an unknown token', { token: 'a' }],
    ['restorations', 'tokens by owner', { tokensOf: { clientId: 'c' } }],
    ['statements', 'no application', {}],
    ['sign-in', 'no device', { serviceProvider: 'REF30', mvpd: 'Cablevision' }],
    ['reset', 'a list', []],
  ])('%s: %s is a 400 that says what is wrong', async (route, _what, body) => {
    const simulator = await startSimulator();
    const answer = await rawRequest(simulator.url, `/__simulator/${route}`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ error: 'invalid_argument', message: aString });
  });

  test('broken JSON is not quoted', async () => {
    const simulator = await startSimulator();
    const answer = await rawRequest(simulator.url, '/__simulator/revocations', {
      method: 'POST',
      headers: json,
      body: '{"token": secret-value',
    });
    expect(answer.status).toBe(400);
    expect(answer.body).not.toContain('secret-value');
  });

  test.each(['/__simulator/', '/__simulator/nothing', '/__simulator/constructor', '/__simulator/__proto__'])(
    '%s is not there',
    async (path) => {
      const simulator = await startSimulator();
      expect((await rawRequest(simulator.url, path)).status).toBe(404);
      expect(
        (await rawRequest(simulator.url, path, { method: 'POST', headers: json, body: '{}' })).status,
      ).toBe(404);
    },
  );

  test.each(['endpoint=regsiter', 'status=20', 'since=x'])(
    'a ledger filter of %s is refused',
    async (query) => {
      const simulator = await startSimulator();
      expect((await rawRequest(simulator.url, `/__simulator/ledger?${query}`)).status).toBe(400);
    },
  );
});

describe('from another process', () => {
  test('all verbs work as inside', async () => {
    const simulator = await startSimulator();
    const remote = connectSimulator(`${simulator.url}/`);
    expect(remote.url).toBe(simulator.url);
    await remote.health();

    const software_statement = await remote.issueSoftwareStatement({ application: 'tv' });
    const pair = pairOf(await postRegister(simulator, { software_statement }));
    const accessToken = await tokenFor(simulator, pair);

    const signedIn = await remote.signIn({
      deviceIdentifier: Uint8Array.of(0xff),
      serviceProvider: 'REF30',
      mvpd: 'Cablevision',
      clientId: pair.clientId,
      attributes: { zip: ['1'] },
      lifeSeconds: 60,
    });
    expect(signedIn).toEqual({ clientId: pair.clientId });
    const profiles = await getProfiles(simulator, accessToken, '', {
      headers: { 'AP-Device-Identifier': 'fingerprint /w==' },
    });
    expect(at(profiles.json, 'profiles', 'Cablevision', 'attributes', 'zip')).toEqual({
      value: ['1'],
      state: 'plain',
    });
    expect(await remote.signOut({ deviceIdentifier: Uint8Array.of(0xff), serviceProvider: 'REF30' })).toBe(1);
    expect(
      await remote.signIn({ deviceIdentifier: 'new', serviceProvider: 'REF30', mvpd: 'Cablevision' }),
    ).toEqual({ clientId: undefined });

    expect(await remote.clients()).toEqual(JSON.parse(JSON.stringify(simulator.clients())));
    expect(await remote.clients({ application: 'phone' })).toEqual([]);
    expect(await remote.ledger.entries({ endpoint: 'token' })).toEqual(
      simulator.ledger.entries({ endpoint: 'token' }),
    );
    expect(
      await remote.ledger.count({ clientId: pair.clientId, status: 201, throttled: false, since: 1 }),
    ).toBe(1);
    expect(await remote.ledger.mark()).toBe(3);

    await remote.revokeToken(accessToken);
    expect((await getConfiguration(simulator, accessToken)).status).toBe(401);
    await remote.restoreToken(accessToken);
    expect(await remote.revokeTokensOf({ clientId: pair.clientId })).toEqual({ affected: 1 });
    await remote.revokeClient(pair.clientId);
    expect((await postToken(simulator, credentials(pair))).json).toEqual({ error: 'invalid_client' });
    await remote.restoreClient(pair.clientId);
    await remote.revokeStatement({ application: 'tv' });
    expect((await postRegister(simulator, { software_statement })).json).toEqual({
      error: 'unapproved_software_statement',
    });
    await remote.restoreStatement({ application: 'tv' });
    await remote.revokeStatement({ statement: software_statement });
    expect((await postRegister(simulator, { software_statement })).status).toBe(400);
    await remote.restoreStatement({ statement: software_statement });

    const fault = await remote.fault({
      endpoint: 'token',
      count: Infinity,
      effect: { delayMs: [0, 1], status: 503 },
    });
    expect(await remote.faults()).toEqual([{ id: fault.id, endpoint: 'token', used: 0, remaining: null }]);
    expect((await postToken(simulator, credentials(pair))).status).toBe(503);
    expect(await fault.used()).toBe(1);
    await fault.remove();
    expect((await postToken(simulator, credentials(pair))).status).toBe(201);
    await remote.fault({ effect: { status: 500 } });
    await remote.clearFaults();
    expect(await remote.faults()).toEqual([]);

    await remote.ledger.clear();
    expect(simulator.ledger.count()).toBe(0);
    await remote.reset();
    expect(simulator.clients()).toEqual([]);
  });

  test('errors keep their code', async () => {
    const simulator = await startSimulator();
    const remote = connectSimulator(simulator.url);
    await expect(remote.issueSoftwareStatement({ application: 'radio' })).rejects.toMatchObject({
      name: 'SimulatorError',
      code: 'unknown_application',
    });
    await expect(remote.fault({ effect: { delayMs: () => 1 } })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    await expect(remote.fault({ effect: { stauts: 1 } } as unknown as Fault)).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    await simulator.close();
    await expect(remote.health()).rejects.toMatchObject({ code: 'control_unreachable' });
    expect(() => connectSimulator('nowhere')).toThrow(errorLike({ code: 'invalid_argument' }));
  });

  test('control requests are neither throttled nor in the ledger', async () => {
    const simulator = await startSimulator({ throttle: 'always' });
    const remote = connectSimulator(simulator.url);
    for (let index = 0; index < 15; index += 1) await remote.health();
    expect(simulator.ledger.count()).toBe(0);
    expect(simulator.ledger.mark()).toBe(0);
  });
});
