import { Buffer } from 'node:buffer';
import { deviceFromHeaders, mediaTokenGuard, memoryCache, type Pass, type PassClient } from '@pass-dcr/core';
import { AdjustableClock, createPassWith } from '@pass-dcr/core/testing';
import {
  createSimulator,
  simulatedMediaTokenVerifier,
  type EndpointName,
  type Simulator,
} from '@pass-dcr/simulator';
import express from 'express';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getPass, passErrorHandler, passMiddleware } from '../src/index.js';

const form = { domainName: 'adobe.com', redirectUrl: 'https://example.com/done' };
const mvpd = 'Cablevision';
const tempPass = 'TempPass_TEST40';
const promotional = 'TempPass_Promotion';
const dayMs = 24 * 60 * 60_000;

/** What the app is answered: what the method resolved with, or the problem. */
interface Answered {
  readonly status: number;
  readonly body: never;
}

/** An app on one device, which knows nothing but the programmer's service. */
class App {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, device: string, headers: Readonly<Record<string, string>> = {}) {
    this.#url = url;
    this.#headers = {
      'ap-device-identifier': `fingerprint ${Buffer.from(device).toString('base64')}`,
      'x-device-info': Buffer.from(JSON.stringify({ model: 'AFTM', osName: 'Android' })).toString('base64'),
      ...headers,
    };
  }

  async ask(method: string, parameters?: object, query = ''): Promise<Answered> {
    const answer = await fetch(`${this.#url}/${method}${query}`, {
      method: 'POST',
      headers: { ...this.#headers, 'content-type': 'application/json' },
      body: JSON.stringify(parameters ?? {}),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as never };
  }

  /** What the method resolved with. */
  async call(method: string, parameters?: object, query?: string): Promise<never> {
    const { status, body } = await this.ask(method, parameters, query);
    if (status !== 200) throw new Error(`${method}: ${status} ${JSON.stringify(body)}`);
    return body;
  }
}

/** The viewer's browser at the provider's login page: where it ends. */
async function logIn(url: string): Promise<string> {
  const page = await (await fetch(url)).text();
  const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1] ?? '';
  const hidden = page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  const fields = Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value]));
  const body = new URLSearchParams({ ...fields, username: 'viewer', password: 'viewer' });
  const done = await fetch(new URL(action, url), { method: 'POST', body, redirect: 'manual' });
  return done.headers.get('location') ?? '';
}

/** The programmer's service: every method of the client under its name. */
function serviceOf(pass: Pass): express.Express {
  const app = express();
  app.use(express.json());
  app.use(passMiddleware(pass, { device: deviceFromHeaders() }));
  app.post('/:method', (req, res, next) => {
    serveCall(pass, req, res).catch(next);
  });
  app.use(passErrorHandler());
  return app;
}

async function serveCall(
  pass: Pass,
  req: express.Request<{ method: string }>,
  res: express.Response,
): Promise<void> {
  const { identity } = req.query;
  const own = getPass(req);
  const client = typeof identity === 'string' ? pass.client(own.device, { tempPassIdentity: identity }) : own;
  res.json((await methodOf(client, req.params.method)(req.body as never)) ?? null);
}

function methodOf(client: PassClient, name: string): (parameters: never) => unknown {
  const [resource = '', method = ''] = name.split('.');
  const of = client as unknown as Record<string, Record<string, (parameters: never) => unknown>>;
  if (method === '') return (parameters) => (of[resource] as unknown as (p: never) => unknown)(parameters);
  return (parameters) => of[resource]?.[method]?.call(of[resource], parameters);
}

describe('the flows of Adobe Pass, through an Express server', () => {
  const clock = new AdjustableClock();
  const cache = memoryCache();
  const servers: Server[] = [];
  const passes: Pass[] = [];
  let simulator: Simulator;
  let url = '';
  let devices = 0;
  let since = 0;

  const startService = async (): Promise<string> => {
    const pass = createPassWith(
      {
        environment: 'local',
        baseUrl: simulator.url,
        serviceProvider: 'REF30',
        softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
        cache,
        secret: 'a secret for tests only, 0123456789abcdef',
      },
      { clock },
    );
    passes.push(pass);
    const server = createServer(serviceOf(pass)).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const newApp = (headers?: Readonly<Record<string, string>>, at = url): App => {
    devices += 1;
    return new App(at, `set ${devices}`, headers);
  };
  const advance = (ms: number): void => {
    clock.advance(ms);
    simulator.clock.advance(ms);
  };
  const asked = (): readonly EndpointName[] =>
    simulator.ledger.entries({ since }).map(({ endpoint }) => endpoint);
  const signIn = async (app: App, provider = mvpd): Promise<string> => {
    const session = (await app.call('sessions.create', { mvpd: provider, ...form })) as {
      url: string;
      code: string;
    };
    expect(await logIn(session.url)).toMatch(/^https:\/\/example\.com\/done/);
    const wait = await app.call('profiles.waitFor', { code: session.code });
    expect(wait).toMatchObject({ outcome: 'signedIn', profile: { mvpd: provider } });
    return session.code;
  };
  const play = async (app: App, provider = mvpd, query?: string): Promise<object> => {
    const decisions = await app.call('decisions.authorize', { mvpd: provider, resources: ['REF30'] }, query);
    return (decisions as object[])[0] ?? {};
  };

  beforeAll(async () => {
    simulator = await createSimulator();
    url = await startService();
  });
  beforeEach(() => {
    since = simulator.ledger.mark();
  });
  afterAll(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await Promise.all(passes.map(async (pass) => await pass.close()));
    await simulator.close();
  });

  it('F1: a device is registered once for all servers, and near the end of its token only that is renewed', async () => {
    const other = await startService();
    const identifier = 'set of F1';
    await new App(url, identifier).call('profiles.all');
    await new App(other, identifier).call('profiles.all');
    expect(asked()).toEqual(['register', 'token', 'profiles', 'profiles']);
    advance(7 * 60 * 60_000);
    await new App(other, identifier).call('profiles.all');
    simulator.fault({ endpoint: 'profiles', effect: { status: 401 } });
    await new App(other, identifier).call('profiles.all');
    expect(asked().filter((endpoint) => endpoint === 'register')).toHaveLength(1);
    expect(asked().slice(4)).toEqual(['token', 'profiles', 'profiles', 'token', 'profiles']);
  });

  it('F2: the calls of a new viewer go out in the order of the cookbook, and no others', async () => {
    const app = newApp();
    expect(await app.call('profiles.all')).toEqual([]);
    const { mvpds } = (await app.call('configuration')) as { mvpds: { id: string }[] };
    expect(mvpds.map(({ id }) => id)).toContain(mvpd);
    await signIn(app);
    await app.call('decisions.preauthorize', { mvpd, resources: ['REF30', 'REF30-kids'] });
    expect(await play(app)).toMatchObject({ authorized: true });
    await app.call('logout', { mvpd, redirectUrl: form.redirectUrl });
    const browser: readonly EndpointName[] = ['authenticate', 'login'];
    expect(asked().filter((endpoint) => !browser.includes(endpoint))).toEqual([
      'register',
      'token',
      'profiles',
      'configuration',
      'createSession',
      'profileForCode',
      'preauthorize',
      'authorize',
      'logout',
    ]);
    const strangers = simulator.ledger.entries({ since }).filter(({ endpoint, presentedToken }) => {
      return (
        !browser.includes(endpoint) &&
        !['register', 'token'].includes(endpoint) &&
        presentedToken === undefined
      );
    });
    expect(strangers).toEqual([]);
  });

  it('F3: a viewer signs in on the device itself, and is known the next time', async () => {
    const app = newApp();
    const session = await app.call('sessions.create', { mvpd, ...form });
    expect(session).toMatchObject({ actionName: 'authenticate', actionType: 'interactive' });
    await signIn(app);
    expect(await app.call('sessions.create', { mvpd, ...form })).toMatchObject({
      actionName: 'authorize',
      actionType: 'direct',
      reasonType: 'authenticated',
    });
  });

  it('F4: a second screen validates the code and signs the device in with the provider it chose', async () => {
    const [tv, phone] = [newApp(), newApp()];
    const { code } = (await tv.call('sessions.create', { mvpd, ...form })) as { code: string };
    const typed = code.toLowerCase();
    expect(await phone.call('sessions.retrieve', { code: typed })).toMatchObject({
      existingParameters: { mvpd },
      missingParameters: [],
    });
    const wrong = await phone.ask('sessions.retrieve', { code: 'NOSUCH1' });
    expect(wrong).toMatchObject({ status: 502, body: { code: 'upstream_refused' } });
    const page = await phone.call('sessions.authenticateUrl', { code: typed });
    expect(await tv.call('profiles.forCode', { code })).toBeNull();
    await logIn(page);
    expect(await phone.call('profiles.forCode', { code: typed })).toMatchObject({ mvpd });
    expect(await tv.call('profiles.waitFor', { code })).toMatchObject({ outcome: 'signedIn' });
    expect(await phone.call('profiles.all')).toEqual([]);
  });

  it('F5: a second screen chooses the provider, and supplies what is missing', async () => {
    const [tv, phone] = [newApp(), newApp()];
    const session = (await tv.call('sessions.create')) as { code: string };
    expect(session).toMatchObject({
      actionName: 'resume',
      missingParameters: ['mvpd', 'domainName', 'redirectUrl'],
    });
    const { code } = session;
    expect(await phone.call('sessions.resume', { code, mvpd })).toMatchObject({
      actionName: 'retry',
      missingParameters: ['domainName', 'redirectUrl'],
    });
    const resumed = (await phone.call('sessions.resume', { code, mvpd, ...form })) as { url: string };
    expect(resumed).toMatchObject({ actionName: 'authenticate' });
    await logIn(resumed.url);
    expect(await tv.call('profiles.waitFor', { code })).toMatchObject({ outcome: 'signedIn' });
  });

  it('F6: profiles are found at the first start, for a known provider, and by the code', async () => {
    const app = newApp();
    const code = await signIn(app);
    await signIn(app, 'OrchardCable');
    const all = (await app.call('profiles.all')) as { mvpd: string }[];
    expect(all.map((profile) => profile.mvpd).toSorted()).toEqual([mvpd, 'OrchardCable']);
    expect(await app.call('profiles.forMvpd', { mvpd })).toMatchObject({ type: 'regular', issuer: mvpd });
    expect(code).toMatch(/^\w{7}$/);
    advance(31 * dayMs);
    expect(await app.call('profiles.all')).toEqual([]);
    expect(await app.call('profiles.forMvpd', { mvpd })).toBeNull();
  });

  it('F7: preauthorization shows what is locked, in batches, and asks again only what asks for it', async () => {
    const app = newApp();
    await signIn(app);
    since = simulator.ledger.mark();
    const resources = ['a', 'b', 'c', 'd', 'e', 'f'];
    simulator.fault({
      endpoint: 'preauthorize',
      effect: { itemError: 'preauthorization_denied_by_mvpd', resources: ['b'] },
    });
    const shown = (await app.call('decisions.preauthorize', { mvpd, resources })) as object[];
    expect(shown).toHaveLength(6);
    expect(shown[0]).toMatchObject({ resource: 'a', authorized: true });
    expect(shown[1]).toMatchObject({ authorized: false, error: { code: 'preauthorization_denied_by_mvpd' } });
    expect(JSON.stringify(shown)).not.toContain('serializedToken');
    expect(asked()).toEqual(['preauthorize', 'preauthorize']);
  });

  it('F8: each playback is asked for, its token is verified once, and a denial is shown', async () => {
    const app = newApp();
    await signIn(app);
    const decision = (await play(app)) as never;
    const guard = mediaTokenGuard({
      cache,
      clock,
      verifier: simulatedMediaTokenVerifier({ now: () => simulator.clock.now() }),
    });
    expect(await guard.check({ decision, resource: 'REF30' })).toEqual({ accepted: true });
    expect(await guard.check({ decision, resource: 'REF30' })).toMatchObject({ reason: 'usedBefore' });
    since = simulator.ledger.mark();
    await play(app);
    simulator.fault({ endpoint: 'authorize', effect: { itemError: 'authorization_denied_by_mvpd' } });
    expect(await play(app)).toMatchObject({
      authorized: false,
      error: { code: 'authorization_denied_by_mvpd' },
    });
    expect(asked()).toEqual(['authorize', 'authorize']);
  });

  it('F9: a viewer signs out, is told what is left to do, and may do it again', async () => {
    const app = newApp();
    await signIn(app);
    const out = { mvpd, redirectUrl: form.redirectUrl };
    const [step] = (await app.call('logout', out)) as { url?: string }[];
    expect(step).toMatchObject({ mvpd, actionName: 'logout', actionType: 'interactive' });
    expect((await fetch(step?.url ?? '', { redirect: 'manual' })).headers.get('location')).toBe(
      form.redirectUrl,
    );
    expect(await app.call('profiles.all')).toEqual([]);
    expect(await app.call('logout', out)).toMatchObject([{ actionName: 'invalid', actionType: 'none' }]);
  });

  it('F10: a free trial begins with the first playback and ends; a promotional one is known by the person', async () => {
    const app = newApp();
    expect(await play(app, tempPass)).toMatchObject({ authorized: true, source: 'temppass' });
    expect(await app.call('profiles.forMvpd', { mvpd: tempPass })).toMatchObject({ type: 'temporary' });
    advance(dayMs);
    const over = { code: 'temporary_access_duration_limit_exceeded', viewerMustSignIn: true };
    expect(await play(app, tempPass)).toMatchObject({ authorized: false, error: over });
    await signIn(app);
    expect(await play(app)).toMatchObject({ authorized: true, source: 'mvpd' });

    const identity = `?identity=${encodeURIComponent(Buffer.from(JSON.stringify({ email: 'hash' })).toString('base64'))}`;
    expect(await play(newApp(), promotional, identity)).toMatchObject({
      authorized: true,
      source: 'temppass',
    });
    advance(30 * dayMs);
    expect(await play(newApp(), promotional, identity)).toMatchObject({ authorized: false, error: over });
    expect(await play(newApp(), promotional)).toMatchObject({
      authorized: false,
      error: { code: 'invalid_header_identity_for_temporary_access' },
    });
  });

  it('F11: degradation rules let everybody in, let everybody watch, or nobody, and then all is as before', async () => {
    const app = newApp();
    const provider = 'OrchardCable';
    const during = async (
      rule: 'AuthNAll' | 'AuthZAll' | 'AuthZNone',
      work: () => Promise<void>,
    ): Promise<void> => {
      const target = { serviceProvider: 'REF30', mvpd: provider };
      simulator.degrade({ ...target, rule, message: 'Back soon.' });
      await work();
      simulator.endDegradation(target);
    };
    await during('AuthNAll', async () => {
      expect(await app.call('sessions.create', { mvpd: provider, ...form })).toMatchObject({
        actionName: 'authorize',
        reasonType: 'degraded',
      });
      expect(await app.call('profiles.forMvpd', { mvpd: provider })).toMatchObject({ type: 'degraded' });
      expect(await play(app, provider)).toMatchObject({ authorized: true, source: 'degradation' });
      const out = { mvpd: provider, redirectUrl: form.redirectUrl };
      expect(await app.call('logout', out)).toMatchObject([{ actionName: 'complete' }]);
    });
    expect(await play(app, provider)).toMatchObject({ error: { code: 'authenticated_profile_missing' } });
    await signIn(app, provider);
    await during('AuthZAll', async () => {
      expect(await play(app, provider)).toMatchObject({ authorized: true, source: 'degradation' });
    });
    await during('AuthZNone', async () => {
      expect(await play(app, provider)).toMatchObject({
        authorized: false,
        error: { code: 'authorization_denied_by_degradation_rule' },
      });
    });
    expect(await play(app, provider)).toMatchObject({ authorized: true, source: 'mvpd' });
  });

  it('F12: a partner of the device signs in, and an ordinary sign-in takes its place where that cannot be', async () => {
    const status = (accessStatus: string): string =>
      Buffer.from(
        JSON.stringify({
          frameworkPermissionInfo: { accessStatus },
          frameworkProviderInfo: {
            id: 'orchard-mapping',
            expirationDate: String(simulator.clock.now() + dayMs),
          },
        }),
      ).toString('base64');
    const app = newApp({ 'ap-partner-framework-status': status('granted') });
    const session = await app.call('partnerSso.createSession', form);
    expect(session).toMatchObject({ actionName: 'partner_profile', authenticationRequest: { type: 'saml' } });
    const samlResponse = simulator.partnerResponse({ mvpd: 'OrchardCable' });
    expect(await app.call('partnerSso.createProfile', { samlResponse })).toMatchObject({
      type: 'appleSSO',
      issuer: 'Apple',
    });
    expect(await app.call('profiles.all')).toMatchObject([{ type: 'appleSSO' }]);
    expect(await play(app, 'OrchardCable')).toMatchObject({ authorized: true });
    const out = { mvpd: 'OrchardCable', redirectUrl: form.redirectUrl };
    expect(await app.call('logout', out)).toMatchObject([{ actionName: 'partner_logout' }]);

    const refused = newApp({ 'ap-partner-framework-status': status('denied') });
    expect(await refused.call('partnerSso.createSession', form)).toMatchObject({
      reasonType: 'pfs_fallback',
    });
  });

  it.each([
    ['F13', 'platform token', 'adobe-subject-token', 'platformSSO'],
    ['F13', 'Roku token', 'x-roku-reserved-roku-connect-token', 'platformSSO'],
    ['F14', 'service token', 'ad-service-token', 'serviceTokenSSO'],
  ])(
    '%s: who is signed in by one app is signed in by the next with the same %s',
    async (_, name, header, type) => {
      const token = (subject: string): string =>
        simulator.issueIdentityToken({ subject, lifeSeconds: 10 ** 8 });
      const first = newApp({ [header]: token(name) });
      await signIn(first);
      const second = newApp({ [header]: token(name) });
      expect(await second.call('profiles.all')).toMatchObject([{ type, mvpd }]);
      expect(await play(second)).toMatchObject({ authorized: true });
      const [others, broken] = [newApp({ [header]: token('somebody') }), newApp({ [header]: 'nonsense' })];
      for (const stranger of [others, broken]) expect(await stranger.call('profiles.all')).toEqual([]);
      await second.call('logout', { mvpd, redirectUrl: form.redirectUrl });
      expect(await second.call('profiles.all')).toEqual([]);
    },
  );
});
