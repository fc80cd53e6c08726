import { expect, test } from 'vitest';

import { fingerprint } from '../src/index.js';
import { RequestLedger } from '../src/ledger/ledger.js';
import {
  authenticated,
  call,
  credentials,
  deviceInfoHeader,
  getConfiguration,
  getProfiles,
  pairOf,
  postRegister,
  postToken,
  textAt,
} from './support/caller.js';
import { aNumber, listWith } from './support/like.js';
import { startFrozenSimulator, startSimulator } from './support/withSimulator.js';

test('an entry says who asked what, and what came of it', async () => {
  const simulator = await startFrozenSimulator();
  const { accessToken, clientId } = await authenticated(simulator, { forwardedFor: '203.0.113.7' });
  simulator.clock.advance(1500);
  const info = { model: 'AFTM', osName: 'Android' };
  await getProfiles(simulator, accessToken, 'living-room', {
    forwardedFor: '203.0.113.7, 10.0.0.1',
    headers: {
      'User-Agent': 'TV/1',
      'X-Device-Info': deviceInfoHeader(info),
      Accept: 'application/json;charset=utf-8',
    },
  });
  const [register, token, profiles] = simulator.ledger.entries();
  expect(register).toMatchObject({
    sequence: 1,
    endpoint: 'register',
    method: 'POST',
    path: '/o/client/register',
    status: 201,
    clientId,
    forwardedFor: '203.0.113.7',
    contentType: 'application/json',
  });
  expect(token).toMatchObject({
    sequence: 2,
    endpoint: 'token',
    status: 201,
    clientId,
    issuedToken: fingerprint(accessToken),
    contentType: 'application/x-www-form-urlencoded',
  });
  expect(profiles).toEqual({
    sequence: 3,
    at: simulator.clock.now(),
    endpoint: 'profiles',
    method: 'GET',
    path: '/api/v2/REF30/profiles',
    status: 200,
    clientId,
    device: 'living-room',
    serviceProvider: 'REF30',
    forwardedFor: '203.0.113.7',
    forwardedForChain: '203.0.113.7, 10.0.0.1',
    peer: '127.0.0.1',
    userAgent: 'TV/1',
    accept: 'application/json;charset=utf-8',
    deviceInfo: info,
    presentedToken: fingerprint(accessToken),
    headerNames: listWith([
      'host',
      'authorization',
      'ap-device-identifier',
      'x-device-info',
      'x-forwarded-for',
    ]),
    throttled: false,
    durationMs: aNumber,
  });
});

test('errors are there with their code, and rejections by the throttle', async () => {
  const simulator = await startFrozenSimulator();
  await postToken(simulator, { client_id: 'nobody', client_secret: 's', grant_type: 'client_credentials' });
  await getConfiguration(simulator, 'invented');
  expect(
    simulator.ledger.entries().map(({ status, errorCode, clientId }) => [status, errorCode, clientId]),
  ).toEqual([
    [400, 'invalid_client', 'nobody'],
    [401, 'invalid_access_token', undefined],
  ]);
  for (let index = 0; index < 12; index += 1)
    await call(simulator, '/api/v2/x', { forwardedFor: '203.0.113.7' });
  expect(simulator.ledger.count({ throttled: true, status: 429 })).toBe(1);
});

test('no secret, token or statement is in it, nor in the list of clients', async () => {
  const simulator = await startSimulator();
  const softwareStatement = simulator.issueSoftwareStatement({ application: 'tv' });
  const owner = pairOf(await postRegister(simulator, { software_statement: softwareStatement }));
  const query = new URLSearchParams(credentials(owner)).toString();
  const { json } = await call(simulator, `/o/client/token?${query}`, { method: 'POST' });
  const accessToken = textAt(json, 'access_token');
  await getConfiguration(simulator, accessToken);
  await call(simulator, `/o/client/register?software_statement=${softwareStatement}`, { method: 'POST' });
  await call(simulator, `/api/v2/REF30/configuration?access_token=${accessToken}`);
  await call(simulator, '/api/v2/REF30/configuration', {
    headers: {
      Authorization: `Basic ${Buffer.from(`a:${owner.clientSecret}`).toString('base64')}`,
      Cookie: 'session=cookie-value',
      'Adobe-Subject-Token': 'subject-token-value',
    },
  });
  const everything = JSON.stringify([simulator.ledger.entries(), simulator.clients()]);
  for (const secret of [
    owner.clientSecret,
    accessToken,
    accessToken.split('.')[2],
    softwareStatement,
    softwareStatement.split('.')[2],
    'cookie-value',
    'subject-token-value',
  ])
    expect(everything).not.toContain(secret);
  expect(everything).toContain(owner.clientId);
  expect(everything).toContain('client_secret=redacted');
});

test('filters, marks and clears', async () => {
  const simulator = await startSimulator();
  const { accessToken, clientId } = await authenticated(simulator, { forwardedFor: '203.0.113.7' });
  const mark = simulator.ledger.mark();
  await getProfiles(simulator, accessToken, 'kitchen', { forwardedFor: '203.0.113.8' });
  await getConfiguration(simulator, 'invented');
  const { ledger } = simulator;
  expect(ledger.count()).toBe(4);
  expect(ledger.count({ endpoint: 'register' })).toBe(1);
  expect(ledger.count({ device: 'kitchen' })).toBe(1);
  expect(ledger.count({ clientId })).toBe(3);
  expect(ledger.count({ forwardedFor: '203.0.113.7' })).toBe(2);
  expect(ledger.count({ serviceProvider: 'REF30' })).toBe(2);
  expect(ledger.count({ status: 401 })).toBe(1);
  expect(ledger.count({ since: mark })).toBe(2);
  expect(ledger.count({ since: mark, endpoint: 'profiles', status: 200, clientId })).toBe(1);
  ledger.clear();
  expect(ledger.entries()).toEqual([]);
  await call(simulator, '/x');
  expect(ledger.entries().map(({ sequence, endpoint, path }) => [sequence, endpoint, path])).toEqual([
    [5, 'other', '/x'],
  ]);
});

test('a caller that hangs up while it waits is listed as aborted, and its request has taken effect', async () => {
  const simulator = await startSimulator();
  simulator.fault({ endpoint: 'register', effect: { answerDelayMs: 250 } });
  const hangUp = new AbortController();
  const pending = postRegister(
    simulator,
    { software_statement: simulator.issueSoftwareStatement({ application: 'tv' }) },
    { signal: hangUp.signal },
  );
  await expect.poll(() => simulator.clients().length, { interval: 2 }).toBe(1);
  hangUp.abort();
  await expect(pending).rejects.toThrow('aborted');
  await expect.poll(() => simulator.ledger.entries()[0]?.status, { interval: 5 }).toBe('aborted');
});

test('keeps the latest requests when it is full, and their numbers', () => {
  const ledger = new RequestLedger(10);
  const entry = { at: 0, endpoint: 'other', method: 'GET', path: '/', headerNames: [] } as const;
  for (let index = 0; index < 100; index += 1) ledger.note(ledger.open(entry), { status: 200 });
  const kept = ledger.entries();
  expect(kept.length).toBeGreaterThanOrEqual(10);
  expect(kept.length).toBeLessThanOrEqual(15);
  expect(kept.at(-1)).toMatchObject({ sequence: 100, status: 200 });
  expect(kept.every(({ status }) => status === 200)).toBe(true);
});

test('clients are listed by what is known of them', async () => {
  const simulator = await startFrozenSimulator();
  const one = await authenticated(simulator, { forwardedFor: '203.0.113.7' });
  const two = await authenticated(simulator, { forwardedFor: '203.0.113.8' });
  await getProfiles(simulator, two.accessToken, 'kitchen');
  simulator.revokeClient(two.clientId);
  expect(simulator.clients()).toHaveLength(2);
  expect(simulator.clients({ forwardedFor: '203.0.113.7' }).map(({ clientId }) => clientId)).toEqual([
    one.clientId,
  ]);
  expect(simulator.clients({ device: 'kitchen' })).toEqual([
    {
      clientId: two.clientId,
      application: 'tv',
      createdAt: simulator.clock.now(),
      forwardedFor: '203.0.113.8',
      devices: ['kitchen'],
      revoked: true,
      tokensIssued: 1,
    },
  ]);
  expect(simulator.clients({ application: 'phone' })).toEqual([]);
});

test('reset forgets everything but the time', async () => {
  const simulator = await startFrozenSimulator();
  const { accessToken } = await authenticated(simulator);
  simulator.clock.advance(1000);
  const before = simulator.clock.reading();
  simulator.fault({ count: Infinity, effect: { status: 500 } });
  simulator.revokeStatement({ application: 'tv' });
  simulator.reset();
  expect([simulator.ledger.count(), simulator.clients(), simulator.faults()]).toEqual([0, [], []]);
  expect((await getConfiguration(simulator, accessToken)).status).toBe(401);
  expect((await authenticated(simulator)).accessToken).not.toBe(accessToken);
  expect(simulator.clock.reading().revision).toBe(before.revision);
});
