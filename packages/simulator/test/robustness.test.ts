import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Agent, request } from 'node:http';
import { expect, test } from 'vitest';

import { createSimulator, type SimulatorOptions } from '../src/index.js';
import { authenticated, call, getConfiguration, postRegister, registered } from './support/caller.js';
import { containing } from './support/like.js';
import { rawBytes, rawRequest } from './support/rawRequest.js';
import { startSimulator } from './support/withSimulator.js';

test('malformed input of any kind leaves it running', async () => {
  const simulator = await startSimulator();
  const { accessToken } = await authenticated(simulator);
  const garbage = [
    'GARBAGE\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    `GET /%00%ff%zz?a=%zz&%=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    'GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    'GET //evil.example/%2e%2e HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    'POST /o/client/register HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"',
    'POST /o/client/register HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n',
    'POST /o/client/token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    `GET /api/v2/REF30/profiles HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${'x'.repeat(8000)}\r\nX-Device-Info: \xff\xfe\r\nAP-Device-Identifier: fingerprint \xff\r\nConnection: close\r\n\r\n`,
    randomBytes(5000),
  ];
  for (const bytes of garbage) await rawBytes(simulator.url, bytes);
  const bodies = [
    '',
    'null',
    '"text"',
    '[]',
    '{"software_statement":{"a":1}}',
    '{"software_statement":"a.b.c"}',
    '{"software_statement":".."}',
    '\u0000',
    '{"__proto__":{"software_statement":"x"}}',
    '['.repeat(50_000),
  ];
  for (const body of bodies) expect((await postRegister(simulator, body)).status).toBe(400);
  expect(
    (
      await call(simulator, '/o/client/token', {
        method: 'POST',
        body: 'client_id=%ZZ&client_id&&&=&grant_type',
      })
    ).status,
  ).toBe(400);
  expect((await getConfiguration(simulator, accessToken)).status).toBe(200);
});

test('a body that is too large is refused', async () => {
  const simulator = await startSimulator();
  const answer = await rawRequest(simulator.url, '/o/client/register', {
    method: 'POST',
    body: Buffer.alloc(300_000, 'a'),
  });
  expect(answer.status).toBe(413);
  expect((await registered(simulator)).clientId).toBeTruthy();
});

test('twenty at once share nothing', async () => {
  const simulators = await Promise.all(Array.from({ length: 20 }, () => startSimulator()));
  expect(new Set(simulators.map(({ port }) => port)).size).toBe(20);
  const tokens = await Promise.all(
    simulators.map(async (simulator, index) => {
      for (let repeat = 0; repeat <= index; repeat += 1) await registered(simulator);
      simulator.clock.advance(index * 1000);
      return (await authenticated(simulator)).accessToken;
    }),
  );
  expect(simulators.map((simulator) => simulator.clients().length)).toEqual(
    simulators.map((_, index) => index + 2),
  );
  expect(simulators.map((simulator) => simulator.clock.reading().offsetMs)).toEqual(
    simulators.map((_, index) => index * 1000),
  );
  const [first = '', second = ''] = tokens;
  expect((await getConfiguration(simulators[0] ?? { url: '' }, first)).status).toBe(200);
  expect((await getConfiguration(simulators[0] ?? { url: '' }, second)).status).toBe(401);
});

test('a hundred devices at once each get a pair and a token', async () => {
  const simulator = await startSimulator();
  const owners = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      authenticated(simulator, { forwardedFor: `198.51.100.${index}` }),
    ),
  );
  expect(new Set(owners.map(({ clientId }) => clientId)).size).toBe(100);
  expect(new Set(owners.map(({ accessToken }) => accessToken)).size).toBe(100);
  expect(simulator.ledger.count({ status: 201 })).toBe(200);
});

test('close ends idle connections, late answers and long polls promptly', async () => {
  const simulator = await startSimulator();
  const agent = new Agent({ keepAlive: true });
  await new Promise((resolve, reject) => {
    request(`${simulator.url}/x`, { agent }, (response) => response.resume().on('end', resolve))
      .on('error', reject)
      .end();
  });
  simulator.fault({ effect: { delayMs: 60_000 } });
  const late = call(simulator, '/x').catch((error: unknown) => error);
  const poll = fetch(`${simulator.url}/__simulator/clock?after=0&waitMs=60000`).catch(
    (error: unknown) => error,
  );
  await expect.poll(() => simulator.ledger.count({ status: 'pending' }), { interval: 2 }).toBe(1);
  const startedAt = performance.now();
  await Promise.all([simulator.close(), simulator.close()]);
  expect(performance.now() - startedAt).toBeLessThan(3000);
  expect(await late).toBeInstanceOf(Error);
  await poll;
  agent.destroy();
  await expect(fetch(simulator.url)).rejects.toThrow('fetch failed');
});

test('await using closes it', async () => {
  let url: string;
  {
    await using simulator = await createSimulator();
    url = simulator.url;
    expect((await fetch(`${url}/x`)).status).toBe(404);
  }
  await expect(fetch(`${url}/x`)).rejects.toThrow('fetch failed');
});

test('a port in use is an error that says so', async () => {
  const simulator = await startSimulator();
  await expect(createSimulator({ port: simulator.port })).rejects.toMatchObject({
    code: 'address_unavailable',
    message: containing('in use'),
  });
});

test('listens on IPv6 loopback too', async () => {
  const simulator = await startSimulator({ host: '::1' });
  expect(simulator.url).toBe(`http://[::1]:${simulator.port}`);
  expect(simulator.controlToken).toBeUndefined();
  expect((await rawRequest(simulator.url, '/__simulator/health')).status).toBe(200);
});

test.each<[string, unknown]>([
  ['port', { port: 70_000 }],
  ['accessTokenLifeSeconds', { accessTokenLifeSeconds: 0 }],
  ['throttle', { throttle: 'sometimes' }],
  ['throttleBurst', { throttleBurst: 'twice' }],
  ['successStatus', { successStatus: 204 }],
  ['strict', { strict: 'yes' }],
  ['signingKey', { signingKey: 'no PEM' }],
  ['applications', { applications: [{ name: 'tv', serviceProviders: ['NOPE'] }] }],
  ['applications', { applications: [{ name: 'tv' }, { name: 'tv' }] }],
  ['serviceProviders', { serviceProviders: [{ id: '' }] }],
  ['mvpds', { serviceProviders: [{ id: 'A', mvpds: [{}] }], applications: [] }],
])('a wrong %s is named', async (name, options) => {
  await expect(createSimulator(options as SimulatorOptions)).rejects.toMatchObject({
    code: 'invalid_argument',
    message: containing(name),
  });
});
