import { createSimulator, type EndpointName, type Simulator } from '@pass-dcr/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPass, memoryCache, type Pass, type PassClient, type PassContext } from '../../src/index.js';
import { Contract, type Operation } from './Contract.js';
import { needsOpenApi, openApiFolder } from './needsOpenApi.js';
import { operations } from './overlay.js';
import { startRecordingProxy, type Exchange, type RecordingProxy } from './recordingProxy.js';

/** By Adobe's names, those of the simulator. */
const endpoints: Readonly<Record<string, EndpointName>> = {
  processSoftwareStatementUsingPOST: 'register',
  generateAccessTokenUsingPOST: 'token',
  handleRequestUsingGET: 'configuration',
  createSessionUsingPOST: 'createSession',
  resumeSessionUsingPOST: 'resumeSession',
  getSessionStatusUsingGET_1: 'retrieveSession',
  startAuthenticationUsingGET: 'authenticate',
  getProfilesUsingGET_1: 'profiles',
  getProfileForMvpdUsingGET: 'profileForMvpd',
  getProfileForCodeUsingGET_1: 'profileForCode',
  retrievePreAuthorizeDecisionsForMvpdUsingPOST_1: 'preauthorize',
  retrieveAuthorizeDecisionsForMvpdUsingPOST: 'authorize',
  getLogoutForMvpdUsingGET: 'logout',
  retrieveVerificationTokenUsingPOST: 'partnerSession',
  createPartnerProfileUsingPOST: 'partnerProfile',
};

const form = { domainName: 'adobe.com', redirectUrl: 'https://tv.example/done' };
const info = { model: 'AFTM', version: '1.0', osName: 'Android', osVersion: '5.1', connectionType: 'WiFi' };
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const partnerFrameworkStatus = base64({
  frameworkPermissionInfo: { accessStatus: 'granted' },
  frameworkProviderInfo: { id: 'home', expirationDate: '9999999999999' },
});

const serviceProviders = [
  {
    id: 'REF30',
    mvpds: [
      { id: 'Home', platformMappingId: 'home', enablePlatformServices: true, boardingStatus: 'SUPPORTED' },
      { id: 'Form', login: 'form', logout: 'redirect' },
      { id: 'Trial', isTempPass: true, temporaryAccess: { durationSeconds: 60, identityKey: 'email' } },
    ],
  },
] as const;

needsOpenApi('the contract with Adobe Pass', () => {
  let contract: Contract;
  let simulator: Simulator;
  let proxy: RecordingProxy;
  let pass: Pass;
  /** What the client has sent, and what it was answered. */
  let played: readonly Exchange[];
  /** What each operation answered to what was sent by hand, so as to fail. */
  const failed = new Map<string, readonly Exchange[]>();

  beforeAll(async () => {
    contract = new Contract(openApiFolder);
    simulator = await createSimulator({ applications: [{ name: 'tv' }], serviceProviders, throttle: 'off' });
    proxy = await startRecordingProxy(simulator.url);
    pass = createPass({
      environment: 'local',
      baseUrl: proxy.url,
      serviceProvider: 'REF30',
      softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
      cache: memoryCache(),
    });
    await play();
    played = [...proxy.exchanges];
    for (const operation of contract.operations) {
      const before = proxy.exchanges.length;
      await fail(operation);
      failed.set(operation.id, proxy.exchanges.slice(before));
    }
  });

  afterAll(async () => {
    await pass.close();
    await proxy.close();
    await simulator.close();
  });

  function clientOf(identifier: string, context?: PassContext): PassClient {
    return pass.client({ identifier, address: '203.0.113.7', info }, context);
  }

  async function signIn(client: PassClient, mvpd: string): Promise<void> {
    const session = await client.sessions.create({ mvpd, ...form });
    if (session.actionName !== 'authenticate') throw new Error(session.actionName);
    await fetch(session.url, { redirect: 'manual' });
    simulator.logIn({ code: session.code });
    await client.profiles.forCode({ code: session.code });
  }

  /** Every method of the client, with every kind of answer that there is. */
  async function play(): Promise<void> {
    const tv = clientOf('tv', { visitorIdentifier: '12345' });
    await tv.configuration();
    await tv.profiles.all();
    await tv.decisions.authorize({ mvpd: 'Home', resources: ['a'] });
    await signIn(tv, 'Home');
    await signIn(tv, 'Form');
    await tv.sessions.create({ mvpd: 'Home', ...form });
    await tv.profiles.all();
    await tv.profiles.forMvpd({ mvpd: 'Home' });
    await tv.decisions.preauthorize({ mvpd: 'Home', resources: ['REF30', 'b', 'c'] });
    await tv.decisions.authorize({ mvpd: 'Home', resources: ['REF30'] });
    for (const mvpd of ['Home', 'Home', 'Form']) await tv.logout({ mvpd, redirectUrl: form.redirectUrl });

    const phone = clientOf('phone');
    const started = await clientOf('second').sessions.create();
    if (!('code' in started)) throw new Error(started.actionName);
    await phone.sessions.retrieve({ code: started.code });
    await phone.sessions.resume({ code: started.code, mvpd: 'Home' });
    await phone.sessions.resume({ code: started.code, mvpd: 'Home', ...form });
    await clientOf('second').profiles.forCode({ code: started.code });

    const apple = clientOf('apple', { partnerFrameworkStatus });
    await apple.partnerSso.createSession(form);
    await apple.partnerSso.createProfile({ samlResponse: simulator.partnerResponse({ mvpd: 'Home' }) });
    await apple.profiles.all();
    await apple.logout({ mvpd: 'Home', redirectUrl: form.redirectUrl });

    const tempPassIdentity = base64({ email: 'hash' });
    const guest = clientOf('guest', { tempPassIdentity });
    await guest.decisions.authorize({ mvpd: 'Trial', resources: ['REF30'] });
    await guest.profiles.forMvpd({ mvpd: 'Trial' });
    const tried = await guest.sessions.create();
    if (!('code' in tried)) throw new Error(tried.actionName);
    await guest.sessions.resume({ code: tried.code, mvpd: 'Trial', ...form });
    await guest.profiles.forCode({ code: tried.code });
    simulator.clock.advance(60_000);
    const isOver = { code: 'upstream_refused' };
    await expect(guest.profiles.forMvpd({ mvpd: 'Trial' })).rejects.toMatchObject(isOver);
    await expect(guest.profiles.forCode({ code: tried.code })).rejects.toMatchObject(isOver);

    simulator.degrade({ serviceProvider: 'REF30', mvpd: 'Home', rule: 'AuthNAll' });
    await phone.profiles.forMvpd({ mvpd: 'Home' });
    await apple.partnerSso.createProfile({ samlResponse: simulator.partnerResponse({ mvpd: 'Home' }) });
    await phone.decisions.authorize({ mvpd: 'Home', resources: ['REF30'] });
    simulator.degrade({ serviceProvider: 'REF30', mvpd: 'Home', rule: 'AuthZNone' });
    await phone.decisions.authorize({ mvpd: 'Home', resources: ['REF30'] });
    simulator.endDegradation({ serviceProvider: 'REF30', mvpd: 'Home' });
    // The client itself divides what is too much for one call.
    const resources = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const kind of ['preauthorize', 'authorize'])
      await expect(
        phone.request('POST', `/api/v2/REF30/decisions/${kind}/Home`, { json: { resources } }),
      ).rejects.toMatchObject({ code: 'upstream_refused' });
  }

  /** Sends again what has succeeded, each time with one thing wrong. */
  async function fail(operation: Operation): Promise<void> {
    const { method, path, headers, body } = succeeded(operation);
    const send = async (changes: Partial<Exchange>): Promise<void> => {
      const {
        method: verb,
        path: to,
        headers: sent,
        body: text,
      } = { method, path, headers, body, ...changes };
      const { host: _host, connection: _connection, 'content-length': _length, ...rest } = sent;
      const hasBody = verb !== 'GET' && text !== '';
      await fetch(proxy.url + to, {
        method: verb,
        headers: rest,
        redirect: 'manual',
        ...(hasBody ? { body: text } : {}),
      });
    };
    if (path.startsWith('/o/')) {
      await send({ body: '{' });
      return;
    }
    await send({ path: path.replace('REF30', 'nowhere') });
    await send({ method: 'PUT' });
    if ('authorization' in headers) await send({ headers: { ...headers, authorization: 'Bearer none' } });
    const endpoint = endpoints[operation.id];
    if (endpoint === undefined) throw new Error(`${operation.id} is not simulated`);
    simulator.fault({ endpoint, effect: { error: 'internal_server_error' } });
    await send({});
  }

  function playedOf({ id }: Operation): readonly Exchange[] {
    return played.filter((each) => contract.operationOf(each)?.id === id);
  }

  function answeredBy(operation: Operation): readonly Exchange[] {
    return [...playedOf(operation), ...(failed.get(operation.id) ?? [])];
  }

  function succeeded(operation: Operation): Exchange {
    const { seed = [] } = operations[operation.id] ?? {};
    const found = playedOf(operation).findLast(
      ({ status, answer }) => status < 300 && (seed.length === 0 || parentOf(JSON.parse(answer), seed)),
    );
    if (found === undefined) throw new Error(`${operation.id} has never succeeded`);
    return found;
  }

  function operationOf(id: string): Operation {
    const found = contract.operations.find((each) => each.id === id);
    if (found === undefined) throw new Error(`the files have no operation ${id}`);
    return found;
  }

  it('is about every operation of the two files', () => {
    expect(contract.operations.map(({ id }) => id).sort()).toEqual(Object.keys(operations).sort());
    expect(played.filter((each) => contract.operationOf(each) === undefined)).toEqual([]);
  });

  it.each(Object.keys(operations))('%s: the client sends what is documented', (id) => {
    const operation = operationOf(id);
    const sent = playedOf(operation);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.flatMap((each) => contract.checkRequest(operation, each))).toEqual([]);
  });

  it.each(Object.keys(operations))('%s: the simulator answers what is documented', (id) => {
    const operation = operationOf(id);
    expect(answeredBy(operation).flatMap((each) => contract.checkAnswer(operation, each))).toEqual([]);
  });

  it.each(Object.keys(operations))('%s: every documented status has been seen', (id) => {
    const operation = operationOf(id);
    const seen = new Set(answeredBy(operation).map(({ status }) => status));
    expect(operation.statuses.filter((status) => !seen.has(status))).toEqual([]);
  });

  it.each(Object.entries(operations).filter(([, { seed }]) => seed.length > 0))(
    '%s: an answer that lacks a field is refused',
    (id, { seed }) => {
      const operation = operationOf(id);
      const whole = succeeded(operation);
      const cut = { ...whole, answer: without(whole.answer, seed) };
      const [found, ...others] = contract.checkAnswer(operation, cut);
      expect(found).toContain(`must have required property '${seed.at(-1)}'`);
      expect(others).toEqual([]);
    },
  );

  it.each(Object.keys(operations))('%s: an undocumented status is refused', (id) => {
    const operation = operationOf(id);
    const strange = { ...succeeded(operation), status: 418 };
    expect(contract.checkAnswer(operation, strange)).toEqual(['418 is documented nowhere']);
  });

  it.each(Object.keys(operations))('%s: a request with what nobody has documented is refused', (id) => {
    const operation = operationOf(id);
    const sent = succeeded(operation);
    const path = `${sent.path}${sent.path.includes('?') ? '&' : '?'}own=1`;
    const strange = { ...sent, path, headers: { ...sent.headers, 'x-own': '1' } };
    expect(contract.checkRequest(operation, strange)).toEqual([
      'header x-own is documented nowhere',
      'query own is documented nowhere',
    ]);
  });
});

type Members = Record<string, unknown>;

/** What has the last field of the path, if it is there. `*` is the first member. */
function parentOf(root: unknown, path: readonly string[]): Members | undefined {
  let parent = root as Members | undefined;
  for (const step of path.slice(0, -1)) {
    const name = step === '*' ? Object.keys(parent ?? {})[0] : step;
    parent = parent?.[name ?? ''] as Members | undefined;
  }
  return parent !== undefined && Object.hasOwn(parent, path.at(-1) ?? '') ? parent : undefined;
}

function without(json: string, path: readonly string[]): string {
  const root: unknown = JSON.parse(json);
  delete parentOf(root, path)?.[path.at(-1) ?? ''];
  return JSON.stringify(root);
}
