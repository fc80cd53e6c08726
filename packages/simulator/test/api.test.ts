import { describe, expect, test } from 'vitest';

import { decideAccess, type AccessQuestion } from '../src/api/access/decideAccess.js';
import {
  at,
  authenticated,
  call,
  deviceHeader,
  deviceInfoHeader,
  getConfiguration,
  getProfiles,
  keysAt,
  pairOf,
  postRegister,
  postToken,
  credentials,
  registered,
  tokenFor,
} from './support/caller.js';
import { aString, errorLike, matching } from './support/like.js';
import { startFrozenSimulator, startSimulator } from './support/withSimulator.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('configuration', () => {
  test('lists the MVPDs of the service provider inside requestor, without flags that are false', async () => {
    const simulator = await startSimulator();
    const { accessToken } = await authenticated(simulator);
    const { status, json } = await getConfiguration(simulator, accessToken);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      device: 'unknown',
      clientType: 'html5',
      os: 'Unknown',
      requestor: { id: 'REF30', domains: [{ name: 'adobe.com', mvpdInitiated: false }, {}] },
    });
    expect(at(json, 'requestor', 'mvpds', '0')).toEqual({
      id: 'Cablevision',
      displayName: 'Cablevision',
      logoUrl: 'https://logos.example/cablevision.png',
    });
  });

  test('needs no device identifier, tolerates a bad one, and a trailing slash', async () => {
    const simulator = await startSimulator();
    const { accessToken } = await authenticated(simulator);
    expect(
      (await getConfiguration(simulator, accessToken, { headers: { 'AP-Device-Identifier': 'nonsense' } }))
        .status,
    ).toBe(200);
    expect(
      (
        await call(simulator, '/api/v2/REF30/configuration/', {
          headers: { Authorization: `Bearer ${accessToken}` },
        })
      ).status,
    ).toBe(200);
  });
});

describe('service provider', () => {
  test.each(['ref30', 'NOPE'])(
    '%s is unknown: case-sensitive, with the documented message',
    async (serviceProvider) => {
      const simulator = await startSimulator();
      const { accessToken } = await authenticated(simulator);
      const { status, json } = await getConfiguration(simulator, accessToken, { serviceProvider });
      expect(status).toBe(400);
      expect(json).toEqual({
        action: 'none',
        status: 400,
        code: 'invalid_parameter_service_provider',
        message: 'The service provider parameter value is missing or invalid.',
        helpUrl: matching(/^https:\/\//),
        trace: matching(uuid),
      });
    },
  );

  test('that the application does not cover answers 401 and asks for another registration', async () => {
    const simulator = await startSimulator();
    const { accessToken } = await authenticated(simulator);
    const { status, json } = await getConfiguration(simulator, accessToken, { serviceProvider: 'REF31' });
    expect(status).toBe(401);
    expect(json).toMatchObject({
      status: 401,
      action: 'application-registration',
      code: 'invalid_access_token_service_provider',
      message: 'The access token is invalid due to invalid service provider.',
    });
  });
});

describe('profiles', () => {
  test('are an empty map while nobody is signed in', async () => {
    const simulator = await startSimulator();
    const { accessToken } = await authenticated(simulator);
    expect((await getProfiles(simulator, accessToken, 'living-room')).json).toEqual({ profiles: {} });
  });

  test('hang on client, device and service provider', async () => {
    const simulator = await startFrozenSimulator({ applications: [{ name: 'tv' }] });
    const [owner, other] = [await authenticated(simulator), await authenticated(simulator)];
    simulator.signIn({
      deviceIdentifier: 'living-room',
      serviceProvider: 'REF30',
      mvpd: 'Cablevision',
      clientId: owner.clientId,
      attributes: { userID: 'u-1' },
    });
    const now = simulator.clock.now();
    expect((await getProfiles(simulator, owner.accessToken, 'living-room')).json).toEqual({
      profiles: {
        Cablevision: {
          notBefore: now,
          notAfter: now + 30 * 86_400_000,
          issuer: 'Cablevision',
          type: 'regular',
          attributes: {
            userID: { value: 'u-1', state: 'plain' },
            householdID: { value: 'household-1', state: 'plain' },
            is_hoh: { value: '1', state: 'plain' },
            zip: { value: ['10001'], state: 'plain' },
          },
        },
      },
    });
    const none = { profiles: {} };
    expect((await getProfiles(simulator, other.accessToken, 'living-room')).json).toEqual(none);
    expect((await getProfiles(simulator, owner.accessToken, 'kitchen')).json).toEqual(none);
    expect(
      (await getProfiles(simulator, owner.accessToken, 'living-room', { serviceProvider: 'REF31' })).json,
    ).toEqual(none);
  });

  test('survive a new token of the same pair, not a new registration', async () => {
    const simulator = await startSimulator();
    const pair = await registered(simulator);
    await getProfiles(simulator, await tokenFor(simulator, pair), 'living-room');
    expect(
      simulator.signIn({ deviceIdentifier: 'living-room', serviceProvider: 'REF30', mvpd: 'Cablevision' }),
    ).toEqual({ clientId: pair.clientId });
    expect(
      keysAt(
        await getProfiles(simulator, await tokenFor(simulator, pair), 'living-room'),
        'json',
        'profiles',
      ),
    ).toEqual(['Cablevision']);
    const successor = await authenticated(simulator);
    expect((await getProfiles(simulator, successor.accessToken, 'living-room')).json).toEqual({
      profiles: {},
    });
  });

  test('of a device that no pair has called for go to the first one that does', async () => {
    const simulator = await startSimulator();
    expect(
      simulator.signIn({ deviceIdentifier: 'living-room', serviceProvider: 'REF30', mvpd: 'Cablevision' }),
    ).toEqual({ clientId: undefined });
    const [first, second] = [await authenticated(simulator), await authenticated(simulator)];
    expect(
      keysAt(await getProfiles(simulator, first.accessToken, 'living-room'), 'json', 'profiles'),
    ).toEqual(['Cablevision']);
    expect((await getProfiles(simulator, second.accessToken, 'living-room')).json).toEqual({ profiles: {} });
  });

  test('end by time and by signing out', async () => {
    const simulator = await startFrozenSimulator();
    const { accessToken, clientId } = await authenticated(simulator);
    const ids = async (): Promise<string[]> =>
      keysAt(await getProfiles(simulator, accessToken, 'living-room'), 'json', 'profiles');
    const owner = { deviceIdentifier: 'living-room', serviceProvider: 'REF30', clientId };
    simulator.signIn({ ...owner, mvpd: 'Cablevision', lifeSeconds: 60 });
    simulator.signIn({ ...owner, mvpd: 'Halyard' });
    simulator.clock.advance(59_999);
    expect(await ids()).toEqual(['Cablevision', 'Halyard']);
    simulator.clock.advance(1);
    expect(await ids()).toEqual(['Halyard']);
    expect(simulator.signOut(owner)).toBe(2);
    expect(await ids()).toEqual([]);
  });

  test('identify a device by its bytes, not by their spelling', async () => {
    const simulator = await startSimulator();
    const { accessToken, clientId } = await authenticated(simulator);
    const bytes = Uint8Array.of(0xff, 0, 0x10);
    simulator.signIn({ deviceIdentifier: bytes, serviceProvider: 'REF30', mvpd: 'Cablevision', clientId });
    const { json } = await getProfiles(simulator, accessToken, '', {
      headers: { 'AP-Device-Identifier': deviceHeader(bytes) },
    });
    expect(keysAt(json, 'profiles')).toEqual(['Cablevision']);
    expect(simulator.ledger.entries({ endpoint: 'profiles' })[0]?.device).toBe('base64:/wAQ');
  });

  test('refuse a sign-in that cannot be', async () => {
    const simulator = await startSimulator();
    const good = { deviceIdentifier: 'tv', serviceProvider: 'REF30', mvpd: 'Cablevision' };
    expect(() => simulator.signIn({ ...good, serviceProvider: 'NOPE' })).toThrow(
      errorLike({ code: 'unknown_service_provider' }),
    );
    expect(() => simulator.signIn({ ...good, mvpd: 'NOPE' })).toThrow(
      errorLike({ code: 'invalid_argument' }),
    );
    expect(() => simulator.signIn({ ...good, clientId: 'nobody' })).toThrow(
      errorLike({ code: 'unknown_client' }),
    );
  });

  test.each([
    ['none', undefined],
    ['no type', 'bGl2aW5n'],
    ['another type', 'serial bGl2aW5n'],
    ['no value', 'fingerprint '],
    ['no Base64', 'fingerprint *living*'],
    ['Base64 of the URL alphabet', 'fingerprint _w-_'],
  ])('need AP-Device-Identifier: %s', async (_what, value) => {
    const simulator = await startSimulator();
    const { accessToken } = await authenticated(simulator);
    const { status, json } = await call(simulator, '/api/v2/REF30/profiles', {
      headers: {
        Authorization: `Bearer ${accessToken}`,
        ...(value === undefined ? {} : { 'AP-Device-Identifier': value }),
      },
    });
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'invalid_header_device_identifier', action: 'none', status: 400 });
  });

  test.each<[string, string | undefined, number, number]>([
    ['absent', undefined, 200, 400],
    ['empty', '', 400, 400],
    ['no Base64', '{"model":"TV"}', 400, 400],
    ['Base64 of no JSON', Buffer.from('platform=Windows;mobile=false').toString('base64'), 200, 400],
    ['without what the page requires', deviceInfoHeader({ model: 'TV', osName: 'Roku OS' }), 200, 400],
    [
      'complete',
      deviceInfoHeader({
        model: 'TV',
        version: '1',
        osName: 'Roku OS',
        osVersion: '12',
        connectionType: 'WiFi',
      }),
      200,
      200,
    ],
  ])('X-Device-Info %s: lenient %#', async (_what, value, lenient, strict) => {
    for (const [isStrict, expected] of [
      [false, lenient],
      [true, strict],
    ] as const) {
      const simulator = await startSimulator({ strict: isStrict });
      const { accessToken } = await authenticated(simulator, { headers: { 'X-Device-Info': 'e30=' } });
      const { status, json } = await getProfiles(simulator, accessToken, 'tv', {
        headers: value === undefined ? {} : { 'X-Device-Info': value },
      });
      expect([status, at(json, 'code')]).toEqual([
        expected,
        expected === 400 ? 'invalid_header_device_info' : undefined,
      ]);
    }
  });
});

describe('access', () => {
  test('ends with the life of the token, on the virtual clock, to the millisecond', async () => {
    const simulator = await startFrozenSimulator({ accessTokenLifeSeconds: 60 });
    const { accessToken } = await authenticated(simulator);
    simulator.clock.advance(59_999);
    expect((await getConfiguration(simulator, accessToken)).status).toBe(200);
    simulator.clock.advance(1);
    const { status, json } = await getConfiguration(simulator, accessToken);
    expect(status).toBe(401);
    expect(json).toMatchObject({
      status: 401,
      code: 'invalid_access_token',
      action: 'none',
      helpUrl: aString,
      trace: matching(uuid),
    });
  });

  test('keeps older tokens when a new one is issued', async () => {
    const simulator = await startSimulator();
    const { accessToken, ...pair } = await authenticated(simulator);
    const newer = await tokenFor(simulator, pair);
    for (const token of [accessToken, newer])
      expect((await getConfiguration(simulator, token)).status).toBe(200);
  });

  test.each([
    ['no header', {}],
    ['another scheme', { Authorization: 'Token abc' }],
    ['an invented token', { Authorization: 'Bearer abc' }],
  ])('needs a token: %s', async (_what, headers) => {
    const simulator = await startSimulator();
    expect((await call(simulator, '/api/v2/REF30/configuration', { headers })).status).toBe(401);
  });

  test('needs the scope of REST API v2', async () => {
    const simulator = await startSimulator({ applications: [{ name: 'tv', scopes: ['config:client'] }] });
    const { accessToken } = await authenticated(simulator);
    expect((await getConfiguration(simulator, accessToken)).json).toMatchObject({
      status: 401,
      code: 'invalid_access_token_client_application',
    });
  });

  test('checks token, then pair, then statement, then what is asked for', () => {
    const client = {
      clientId: 'c',
      application: {
        name: 'tv',
        id: 'a',
        serviceProviders: ['REF30'],
        scopes: ['api:client:v2'],
        redirectDomains: undefined,
        grantTypes: [],
      },
      statementDigest: '',
      createdAt: 0,
      forwardedFor: undefined,
      devices: new Set<string>(),
      revoked: false,
      tokensIssued: 0,
    };
    const serviceProvider = {
      id: 'REF30',
      name: '',
      domains: [],
      mvpds: [],
      resources: new Map(),
      maxPreauthorizeResources: 5,
      maxAuthorizeResources: 1,
    };
    const wrong: AccessQuestion = {
      now: 0,
      token: { clientId: 'c', issuedAt: 0, expiresAt: 1, revoked: true },
      client: {
        ...client,
        revoked: true,
        application: { ...client.application, serviceProviders: [], scopes: [] },
      },
      statementRevoked: true,
      serviceProvider: undefined,
    };
    // Each step repairs the first thing that was found wrong.
    const repairs: Partial<AccessQuestion>[] = [
      { token: { clientId: 'c', issuedAt: 0, expiresAt: 1, revoked: false } },
      { client: { ...client, application: { ...client.application, serviceProviders: [], scopes: [] } } },
      { statementRevoked: false },
      { client: { ...client, application: { ...client.application, serviceProviders: [] } } },
      { serviceProvider },
      { client },
    ];
    let question = wrong;
    const verdicts = [
      decideAccess(question).kind,
      ...repairs.map((repair) => decideAccess((question = { ...question, ...repair })).kind),
    ];
    expect(verdicts).toEqual([
      'token_invalid',
      'client_invalid',
      'statement_invalid',
      'scope_missing',
      'service_provider_unknown',
      'service_provider_not_covered',
      'allowed',
    ]);
  });

  test.each([
    ['enhanced', /^\{.*"code":"invalid_access_token"/],
    ['legacy', /^\{"error":"access_denied"\}$/],
    ['empty', /^$/],
  ] as const)('a 401 can have another body: %s', async (unauthorizedBody, body) => {
    const simulator = await startSimulator({ unauthorizedBody });
    const { status, text } = await getConfiguration(simulator, 'invented');
    expect(status).toBe(401);
    expect(text).toMatch(body);
  });
});

describe('revocation', () => {
  test('of a token, and back', async () => {
    const simulator = await startSimulator();
    const { accessToken, ...pair } = await authenticated(simulator);
    const other = await tokenFor(simulator, pair);
    simulator.revokeToken(accessToken);
    expect((await getConfiguration(simulator, accessToken)).status).toBe(401);
    expect((await getConfiguration(simulator, other)).status).toBe(200);
    simulator.restoreToken(accessToken);
    expect((await getConfiguration(simulator, accessToken)).status).toBe(200);
    expect(() => simulator.revokeToken('invented')).toThrow(errorLike({ code: 'invalid_argument' }));
  });

  test('of all tokens of a pair or of a device leaves the pair good', async () => {
    const simulator = await startSimulator();
    const [one, two] = [await authenticated(simulator), await authenticated(simulator)];
    await getProfiles(simulator, two.accessToken, 'kitchen');
    expect(simulator.revokeTokensOf({ clientId: one.clientId })).toEqual({ affected: 1 });
    expect(simulator.revokeTokensOf({ device: 'kitchen' })).toEqual({ affected: 1 });
    expect(simulator.revokeTokensOf({ device: 'kitchen' })).toEqual({ affected: 0 });
    for (const { accessToken, ...pair } of [one, two]) {
      expect((await getConfiguration(simulator, accessToken)).status).toBe(401);
      expect((await getConfiguration(simulator, await tokenFor(simulator, pair))).status).toBe(200);
    }
  });

  test('of a pair is invalid_client until it is restored', async () => {
    const simulator = await startSimulator();
    const { accessToken, ...pair } = await authenticated(simulator);
    simulator.revokeClient(pair.clientId);
    expect((await postToken(simulator, credentials(pair))).json).toEqual({ error: 'invalid_client' });
    expect((await getConfiguration(simulator, accessToken)).json).toMatchObject({
      status: 401,
      code: 'invalid_access_token_client_application',
      action: 'application-registration',
    });
    simulator.restoreClient(pair.clientId);
    expect((await postToken(simulator, credentials(pair))).status).toBe(201);
    expect((await getConfiguration(simulator, accessToken)).status).toBe(200);
  });

  test.each(['statement', 'application'] as const)(
    'of one %s stops registration, tokens and pairs, until it is restored',
    async (which) => {
      const simulator = await startSimulator();
      const statement = simulator.issueSoftwareStatement({ application: 'tv' });
      const owner = pairOf(await postRegister(simulator, { software_statement: statement }));
      const accessToken = await tokenFor(simulator, owner);
      const target = which === 'statement' ? { statement } : { application: 'tv' };

      simulator.revokeStatement(target);
      expect((await postRegister(simulator, { software_statement: statement })).json).toEqual({
        error: 'unapproved_software_statement',
      });
      expect(
        (
          await postRegister(simulator, {
            software_statement: simulator.issueSoftwareStatement({ application: 'tv' }),
          })
        ).status,
      ).toBe(which === 'statement' ? 201 : 400);
      expect((await getConfiguration(simulator, accessToken)).status).toBe(401);
      expect((await postToken(simulator, credentials(owner))).json).toEqual({ error: 'invalid_client' });

      simulator.restoreStatement(target);
      expect((await postRegister(simulator, { software_statement: statement })).status).toBe(201);
      expect((await getConfiguration(simulator, accessToken)).status).toBe(200);
      expect((await postToken(simulator, credentials(owner))).status).toBe(201);
    },
  );

  test('of a statement may also be answered unauthorized_client', async () => {
    const simulator = await startSimulator({ revokedStatementError: 'unauthorized_client' });
    const pair = await registered(simulator);
    simulator.revokeStatement({ application: 'tv' });
    expect((await postToken(simulator, credentials(pair))).json).toEqual({ error: 'unauthorized_client' });
  });
});

test.each([
  ['GET', '/', 404],
  ['GET', '/api/v2/sessions/REF30/ABC1234', 404],
  ['GET', '/api/v2/REF30/%zz', 404],
  ['GET', '//api/v2/REF30/configuration', 404],
  ['POST', '/api/v2/REF30/configuration', 405],
  ['DELETE', '/api/v2/REF30/profiles', 405],
  ['GET', '/o/client/register', 405],
  ['POST', '/o/client/register/more', 404],
])('%s %s answers %i', async (method, path, status) => {
  const simulator = await startSimulator();
  expect((await call(simulator, path, { method })).status).toBe(status);
});
