import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { memoryCache, type PassCache } from '@pass-dcr/core';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { areHarmless, attacks, headersOf } from '../../../packages/conformance/src/adapter/attacks.js';
import { describeViewing, signInPage } from './describeViewing.js';
import type {
  RunningApp,
  Settings,
  StartApp,
  startService,
} from '../../express-example/src/service/index.js';

/** An example, with its own copy of what all of them have. */
interface Example {
  readonly startApp: StartApp;
  readonly startService: typeof startService;
}

const deviceTokenSecret = 'device-token-secret-of-the-test-0123456789';
const secret = 'cache-secret-of-the-test-0123456789-0123456789';

/**
 * What every example does, whatever its framework.
 * @param trustProxy one proxy on this host, as the framework can be told
 */
export function describeService(
  name: string,
  { startApp, startService }: Example,
  trustProxy: Settings['trustProxy'],
): void {
  describe(`the service with ${name}`, () => {
    let simulator: Simulator;
    let service: RunningApp;
    let settings: Settings;
    let logged: string;

    const start = async (cache: PassCache, app = startApp): Promise<RunningApp> => {
      const sink = new Writable({
        write(chunk: Buffer, _encoding, done) {
          logged += chunk.toString();
          done();
        },
      });
      return await startService(app, settings, cache, pino(sink));
    };

    beforeEach(async () => {
      simulator = await createSimulator();
      logged = '';
      settings = {
        port: 0,
        trustProxy,
        environment: 'local',
        baseUrl: simulator.url,
        softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
        serviceProvider: 'REF30',
        application: 'tv',
        secrets: [secret],
        cache: { kind: 'file', path: 'unused' },
        deviceTokenSecret,
        signInPage,
      };
      service = await start(memoryCache());
    });

    afterEach(async () => {
      await service.close();
      await simulator.close();
    });

    const urlOf = (path: string): string => `http://127.0.0.1:${service.port}${path}`;

    const get = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
      await fetch(urlOf(path), { headers: { connection: 'close', ...headers } });

    const post = async (path: string, body: string): Promise<Response> =>
      await fetch(urlOf(path), {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body,
      });

    const issue = async (platformId?: string): Promise<string> => {
      const response = await post('/api/device', JSON.stringify({ platformId }));
      expect(response.status).toBe(201);
      expect(response.headers.get('cache-control')).toBe('no-store');
      return ((await response.json()) as { readonly deviceToken: string }).deviceToken;
    };

    describe('its routes', () => {
      it('list the providers that a viewer can pick on this kind of device', async () => {
        const deviceInfo = { primaryHardwareType: 'TV', osName: 'webOS' };
        const response = await get('/api/providers', {
          ...bearer(await issue()),
          'x-device-info': Buffer.from(JSON.stringify(deviceInfo)).toString('base64'),
        });
        expect(response.status).toBe(200);
        const { serviceProvider, providers } = (await response.json()) as {
          readonly serviceProvider: { readonly id: string };
          readonly providers: readonly { readonly id: string }[];
        };
        expect(serviceProvider.id).toBe('REF30');
        expect(providers.map(({ id }) => id)).toContain('Cablevision');
        const [registration] = simulator.ledger.entries({ endpoint: 'register' });
        expect(registration?.deviceInfo).toMatchObject(deviceInfo);
      });

      it('say who is signed in', async () => {
        const token = await issue();
        expect(await (await get('/api/me', bearer(token))).json()).toEqual({ profiles: [] });
        signIn(token);
        expect(await (await get('/api/me', bearer(token))).json()).toMatchObject({
          profiles: [{ mvpd: 'Cablevision' }],
        });
        expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
      });

      it('give a platform id the same device again, and do not pass it on', async () => {
        const platformId = 'roku-channel-client-id-0001';
        const [one, two] = [subjectOf(await issue(platformId)), subjectOf(await issue(platformId))];
        expect(one).toBe(two);
        expect(one).not.toContain('roku');
        expect(subjectOf(await issue())).not.toBe(one);
      });

      it('give a new device to a request without a body', async () => {
        const response = await fetch(urlOf('/api/device'), {
          method: 'POST',
          headers: { connection: 'close' },
        });
        expect(response.status).toBe(201);
      });

      it('answer what cannot be read with 400', async () => {
        const statusOf = async (body: string): Promise<number> => (await post('/api/device', body)).status;
        expect(await statusOf('{')).toBe(400);
        expect(await statusOf('{"platformId":1}')).toBe(400);
        expect(await statusOf('{"platformId":"short"}')).toBe(400);
        expect(await statusOf(JSON.stringify({ platformId: 'x'.repeat(2_000) }))).toBe(413);
      });

      it('answer 404 to a path that is none of them', async () => {
        expect((await get('/api/nowhere', bearer(await issue()))).status).toBe(404);
        expect((await get('/nowhere')).status).toBe(404);
      });

      it('tell a failure of Adobe Pass as a problem with a code, and nothing of its own', async () => {
        const token = await issue();
        simulator.fault({ endpoint: 'profiles', effect: { error: 'internal_server_error' }, count: 3 });
        const response = await get('/api/me', bearer(token));
        expect(response.status).toBe(502);
        expect(response.headers.get('content-type')).toContain('application/problem+json');
        expect(await response.json()).toMatchObject({ code: 'upstream_unavailable', status: 502 });
      });

      it('tell a failure of their own as one, and its cause to the log alone', async () => {
        await service.close();
        const fail = async (): Promise<never> => await Promise.reject(new Error('the cause'));
        service = await start(memoryCache(), async (parts) => {
          return await startApp({ ...parts, deviceTokens: { ...parts.deviceTokens, issue: fail } });
        });
        const response = await post('/api/device', '{}');
        expect(response.status).toBe(500);
        expect(await response.text()).not.toContain('the cause');
        expect(logged).toContain('the cause');
      });

      it('send the address that the proxy vouches for with every call', async () => {
        await get('/api/me', bearer(await issue(), '198.51.100.4, 203.0.113.9'));
        expect(
          simulator.ledger.entries().map(({ endpoint, forwardedFor }) => [endpoint, forwardedFor]),
        ).toEqual([
          ['register', '203.0.113.9'],
          ['token', '203.0.113.9'],
          ['profiles', '203.0.113.9'],
        ]);
      });
    });

    describeViewing({
      simulator: () => simulator,
      url: urlOf,
      headers: async (address) => bearer(await issue(), address),
    });

    describe('who the device is', () => {
      it('comes from the token, whatever other headers say', async () => {
        const viewer = await issue();
        await get('/api/me', bearer(viewer));
        signIn(viewer);
        const intruder = await issue();
        const claim = { 'ap-device-identifier': `fingerprint ${base64(subjectOf(viewer))}` };
        const response = await get('/api/me', { ...bearer(intruder, '203.0.113.8'), ...claim });
        expect(await response.json()).toEqual({ profiles: [] });
        expect(simulator.ledger.count({ endpoint: 'profiles', device: subjectOf(intruder) })).toBe(1);
      });

      it('and its address come from nothing else that it says', async () => {
        const viewer = await issue();
        await get('/api/me', bearer(viewer));
        signIn(viewer);
        const intruder = await issue();
        // Who it is, it proves here by this header.
        const others = attacks.filter(({ headers = {} }) => !('authorization' in headers));
        const succeeded: string[] = [];
        for (const [index, attack] of others.entries()) {
          const mark = simulator.ledger.mark();
          const address = `203.0.113.${index + 100}`;
          const headers = { ...headersOf(attack, address), authorization: `Bearer ${intruder}` };
          const sent = httpRequest(urlOf('/api/me'), {
            headers: headers,
            agent: false,
          }).end();
          const [response] = (await once(sent, 'response')) as [IncomingMessage];
          const body = JSON.parse((await response.toArray()).join('')) as unknown;
          const calls = simulator.ledger.entries({ since: mark });
          const isHarmless =
            isDeepStrictEqual(body, { profiles: [] }) && areHarmless(calls, subjectOf(intruder), address);
          if (!isHarmless) succeeded.push(attack.name);
        }
        expect(others.length).toBeGreaterThan(40);
        expect(succeeded).toEqual([]);
      });

      it('is unknown without a token', async () => {
        const response = await get('/api/me', { 'ap-device-identifier': `fingerprint ${base64('victim')}` });
        expect(response.status).toBe(400);
        expect(await response.json()).toMatchObject({ code: 'device_missing' });
        expect(simulator.ledger.count()).toBe(0);
      });

      it('is told by a token that the service could have issued', async () => {
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
          () =>
            `${unsigned({ alg: 'HS256' })}${createHmac('sha256', 'guess').update('x').digest('base64url')}`,
        ],
        ['what is no token', () => 'x'],
      ])('is not told by %s', async (_what, make) => {
        const response = await get('/api/me', bearer(await make()));
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
        expect(await response.text()).toMatch(/"title":"The device token is .*"status":401/);
        expect(simulator.ledger.count()).toBe(0);
      });
    });

    describe('its health', () => {
      it('tells whether it runs and whether it can serve, without a call to Adobe Pass', async () => {
        expect((await get('/healthz')).status).toBe(200);
        expect((await get('/readyz')).status).toBe(200);
        expect(simulator.ledger.count()).toBe(0);
      });

      it('is not ready before its cache could be read', async () => {
        await service.close();
        const refuse = async (): Promise<never> => await Promise.reject(new Error('no connection'));
        service = await start({ ...memoryCache(), read: refuse });
        expect((await get('/healthz')).status).toBe(200);
        expect((await get('/readyz')).status).toBe(503);
      });
    });

    describe('its log', () => {
      it('has requests and events, and neither secrets nor identifiers', async () => {
        const token = await issue('roku-channel-client-id-0001');
        await get('/api/me?secretQuery=1', bearer(token));
        simulator.fault({ endpoint: 'profiles', effect: { error: 'internal_server_error' }, count: 3 });
        await get('/api/me', bearer(token));
        await get('/api/me', bearer(`${token}x`));
        await get('/api/nowhere?secretQuery=1', bearer(token));
        const lines = logLines();
        expect(lines.map(({ event }) => event?.type)).toContain('credentialsRegistered');
        const requests = lines.filter(({ msg }) => msg === 'request');
        expect(requests.map(({ method, path, status }) => [method, path, status])).toEqual([
          ['POST', '/api/device', 201],
          ['GET', '/api/me', 200],
          ['GET', '/api/me', 502],
          ['GET', '/api/me', 401],
          ['GET', '/api/nowhere', 404],
        ]);
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

    describe('its end', () => {
      it('waits for the request that runs, not for its connection, and takes no other', async () => {
        const token = await issue();
        simulator.fault({ endpoint: 'profiles', effect: { delayMs: 400 } });
        const agent = new Agent({ keepAlive: true });
        const sent = httpRequest(urlOf('/api/me'), { agent, headers: bearer(token) }).end();
        const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
        await vi.waitFor(() => expect(simulator.ledger.count({ endpoint: 'profiles' })).toBe(1), 5_000);
        let isClosed = false;
        const closed = service.close().then(() => (isClosed = true));
        await expect(get('/healthz')).rejects.toThrow('fetch failed');
        expect(isClosed).toBe(false);
        const [response] = await answered;
        expect(response.statusCode).toBe(200);
        response.resume();
        // Node keeps an idle connection for five seconds, which a restart would have to wait for.
        await vi.waitFor(() => expect(isClosed).toBe(true), 2_500);
        await closed;
        agent.destroy();
        service = await start(memoryCache());
      });
    });

    function signIn(token: string): void {
      simulator.signIn({ deviceIdentifier: subjectOf(token), serviceProvider: 'REF30', mvpd: 'Cablevision' });
    }

    function logLines(): readonly LogLine[] {
      return logged
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as LogLine);
    }
  });
}

interface LogLine {
  readonly msg: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly event?: { readonly type: string };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const bearer = (token: string, address = '203.0.113.7'): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  'x-forwarded-for': address,
});

const claims = { sub: 'victim', iss: 'pass-dcr-example', aud: 'pass-dcr-example/api' };

/** A token as the service issues them, but for what `change` does to it. */
async function sign(
  change: (jwt: SignJWT) => SignJWT = (jwt) => jwt,
  key = deviceTokenSecret,
  alg = 'HS256',
): Promise<string> {
  const jwt = new SignJWT(claims).setProtectedHeader({ alg }).setExpirationTime('1h');
  return await change(jwt).sign(new TextEncoder().encode(key));
}

function unsigned(header: object): string {
  return [header, { ...claims, exp: 4_000_000_000 }]
    .map((part) => `${Buffer.from(JSON.stringify(part)).toString('base64url')}.`)
    .join('');
}

function subjectOf(token: string): string {
  const [, payload = ''] = token.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { readonly sub: string }).sub;
}
