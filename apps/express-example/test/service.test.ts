import { createHmac } from 'node:crypto';
import { Writable } from 'node:stream';
import { memoryCache } from '@pass-dcr/core';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '../src/settings.js';
import { startService, type Service } from '../src/startService.js';

const deviceTokenSecret = 'device-token-secret-of-the-test-0123456789';
const secret = 'cache-secret-of-the-test-0123456789-0123456789';

let simulator: Simulator;
let service: Service;
let settings: Settings;
let logged: string;

beforeEach(async () => {
  simulator = await createSimulator();
  logged = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      done();
    },
  });
  settings = {
    port: 0,
    trustProxy: 'loopback',
    environment: 'local',
    baseUrl: simulator.url,
    softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
    serviceProvider: 'REF30',
    application: 'tv',
    secrets: [secret],
    cachePath: 'unused',
    deviceTokenSecret,
  };
  service = await startService(settings, memoryCache(), pino(sink));
});

afterEach(async () => {
  await service.stop();
  await simulator.close();
});

const get = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  await fetch(`http://127.0.0.1:${service.port}${path}`, { headers: { connection: 'close', ...headers } });

async function issue(platformId?: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${service.port}/api/device`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ platformId }),
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { readonly deviceToken: string }).deviceToken;
}

const bearer = (token: string, address = '203.0.113.7') => ({
  authorization: `Bearer ${token}`,
  'x-forwarded-for': address,
});

const subjectOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { readonly sub: string })
    .sub;

describe('the service', () => {
  it('lists the providers that a viewer can pick', async () => {
    const response = await get('/api/providers', {
      ...bearer(await issue()),
      'x-device-info': Buffer.from(JSON.stringify({ primaryHardwareType: 'TV', osName: 'webOS' })).toString(
        'base64',
      ),
    });
    expect(response.status).toBe(200);
    const { providers } = (await response.json()) as {
      readonly providers: readonly { readonly id: string }[];
    };
    expect(providers.map(({ id }) => id)).toEqual(['Cablevision', 'AcmeFiber', 'AcmeSat']);
  });

  it('says who is signed in', async () => {
    const token = await issue();
    expect(await (await get('/api/me', bearer(token))).json()).toEqual({ profiles: [] });
    simulator.signIn({ deviceIdentifier: subjectOf(token), serviceProvider: 'REF30', mvpd: 'Cablevision' });
    expect(await (await get('/api/me', bearer(token))).json()).toMatchObject({
      profiles: [{ mvpd: 'Cablevision' }],
    });
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });

  it('a device cannot act for another, whatever its headers say', async () => {
    const viewer = await issue();
    await get('/api/me', bearer(viewer));
    simulator.signIn({ deviceIdentifier: subjectOf(viewer), serviceProvider: 'REF30', mvpd: 'Cablevision' });
    const intruder = await issue();
    const claimed = `fingerprint ${Buffer.from(subjectOf(viewer)).toString('base64')}`;
    const response = await get('/api/me', {
      ...bearer(intruder, '203.0.113.8'),
      'ap-device-identifier': claimed,
    });
    expect(await response.json()).toEqual({ profiles: [] });
    expect(simulator.ledger.count({ endpoint: 'profiles', device: subjectOf(intruder) })).toBe(1);
    const withoutToken = await get('/api/me', { 'ap-device-identifier': claimed });
    expect(withoutToken.status).toBe(400);
    expect(await withoutToken.json()).toMatchObject({ code: 'device_missing' });
  });

  const sign = async (
    change: (jwt: SignJWT) => SignJWT = (jwt) => jwt,
    key = deviceTokenSecret,
    alg = 'HS256',
  ): Promise<string> =>
    await change(
      new SignJWT()
        .setProtectedHeader({ alg })
        .setSubject('victim')
        .setIssuer('express-example')
        .setAudience('express-example/api')
        .setExpirationTime('1h'),
    ).sign(new TextEncoder().encode(key));

  it('takes a token that it could have issued, which shows that the refusals below have their own reasons', async () => {
    expect((await get('/api/me', bearer(await sign()))).status).toBe(200);
  });

  it.each<[string, () => Promise<string> | string]>([
    ['an expired token', async () => await sign((jwt) => jwt.setExpirationTime('-1s'))],
    [
      'a token of another key',
      async () => await sign(undefined, 'another-secret-of-the-same-length-0123456789'),
    ],
    ['a token of another issuer', async () => await sign((jwt) => jwt.setIssuer('somebody'))],
    ['a token for another audience', async () => await sign((jwt) => jwt.setAudience('somebody'))],
    ['a token of another algorithm', async () => await sign(undefined, deviceTokenSecret, 'HS512')],
    ['an unsigned token', () => unsigned({ alg: 'none' })],
    [
      'a forged signature',
      () => `${unsigned({ alg: 'HS256' })}${createHmac('sha256', 'guess').update('x').digest('base64url')}`,
    ],
    ['no token', () => 'x'],
  ])('refuses %s', async (_name, make) => {
    const response = await get('/api/me', bearer(await make()));
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(simulator.ledger.count()).toBe(0);
  });

  it('gives a platform id the same device again, and does not pass it on', async () => {
    const platformId = 'roku-channel-client-id-0001';
    const [one, two] = [subjectOf(await issue(platformId)), subjectOf(await issue(platformId))];
    expect(one).toBe(two);
    expect(one).not.toContain('roku');
    expect(subjectOf(await issue())).not.toBe(one);
  });

  it('answers what cannot be read with 400', async () => {
    const post = async (body: string): Promise<number> =>
      (
        await fetch(`http://127.0.0.1:${service.port}/api/device`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', connection: 'close' },
          body,
        })
      ).status;
    expect([await post('{'), await post('{"platformId":1}'), await post('{"platformId":"short"}')]).toEqual([
      400, 400, 400,
    ]);
    expect(await post(JSON.stringify({ platformId: 'x'.repeat(2_000) }))).toBe(413);
  });

  it('forwards the address that its proxy vouches for with every call', async () => {
    await get('/api/me', bearer(await issue(), '198.51.100.4, 203.0.113.9'));
    expect(simulator.ledger.entries().map(({ endpoint, forwardedFor }) => [endpoint, forwardedFor])).toEqual([
      ['register', '203.0.113.9'],
      ['token', '203.0.113.9'],
      ['profiles', '203.0.113.9'],
    ]);
  });

  it('tells whether it runs and whether it can serve', async () => {
    expect((await get('/healthz')).status).toBe(200);
    const ready = await get('/readyz');
    expect([ready.status, await ready.json()]).toMatchObject([200, { ready: true }]);
  });

  it('logs requests and events, and neither secrets nor identifiers', async () => {
    const token = await issue('roku-channel-client-id-0001');
    await get('/api/me?secretQuery=1', bearer(token));
    simulator.fault({ endpoint: 'profiles', effect: { error: 'internal_server_error' }, count: 3 });
    await get('/api/me', bearer(token));
    const lines = logged
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { readonly event?: { readonly type: string }; readonly status?: number },
      );
    expect(lines.map(({ event }) => event?.type)).toContain('credentialsRegistered');
    expect(lines.map(({ status }) => status)).toContain(200);
    const [client] = simulator.clients();
    const hidden = {
      platformId: 'roku-channel-client-id-0001',
      device: subjectOf(token),
      deviceToken: token,
      clientId: client?.clientId ?? 'no client',
      statement: settings.softwareStatement,
      secret,
      deviceTokenSecret,
      query: 'secretQuery',
      address: '203.0.113.7',
      bearer: 'Bearer',
    };
    expect(Object.entries(hidden).filter(([, value]) => logged.includes(value))).toEqual([]);
  });
});

function unsigned(header: object): string {
  const claims = { sub: 'victim', iss: 'express-example', aud: 'express-example/api', exp: 4_000_000_000 };
  return [header, claims]
    .map((part) => `${Buffer.from(JSON.stringify(part)).toString('base64url')}.`)
    .join('');
}
