import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';

import { signJwt } from '../src/crypto/jwt.js';
import {
  at,
  call,
  credentials,
  postRegister,
  postToken,
  registered,
  tokenFor,
  type Members,
} from './support/caller.js';
import { aString, errorLike, matching } from './support/like.js';
import { startFrozenSimulator, startSimulator } from './support/withSimulator.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function decode(jwt: string): { header: unknown; payload: Members; signatureBytes: number } {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  return {
    header: JSON.parse(Buffer.from(header, 'base64url').toString()) as unknown,
    payload: JSON.parse(Buffer.from(payload, 'base64url').toString()) as Members,
    signatureBytes: Buffer.from(signature, 'base64url').length,
  };
}

describe('software statement', () => {
  test('is an RS256 JWT with exactly sub, nbf, iss and iat', async () => {
    const simulator = await startFrozenSimulator();
    const statement = decode(simulator.issueSoftwareStatement({ application: 'tv' }));
    const seconds = Date.parse('2026-03-01T12:00:00Z') / 1000;
    expect(statement.header).toEqual({ alg: 'RS256' });
    expect(statement.payload).toEqual({
      sub: matching(uuid),
      nbf: seconds,
      iss: 'auth.adobe.com',
      iat: seconds,
    });
    expect(statement.signatureBytes).toBe(256);
  });

  test('is another string at every call, for the same application, and earlier ones stay good', async () => {
    const simulator = await startFrozenSimulator();
    const [first, second] = [
      simulator.issueSoftwareStatement({ application: 'tv' }),
      simulator.issueSoftwareStatement({ application: 'tv' }),
    ];
    expect(second).not.toBe(first);
    expect(decode(second).payload['sub']).toBe(decode(first).payload['sub']);
    for (const software_statement of [first, second])
      expect((await postRegister(simulator, { software_statement })).status).toBe(201);
  });

  test('of one simulator is accepted by another one with the same key and application', async () => {
    const [one, other] = [await startSimulator(), await startSimulator()];
    const answer = await postRegister(other, {
      software_statement: one.issueSoftwareStatement({ application: 'tv' }),
    });
    expect(answer.status).toBe(201);
  });

  test('cannot be issued for an application that the scenario lacks', async () => {
    const simulator = await startSimulator();
    expect(() => simulator.issueSoftwareStatement({ application: 'radio' })).toThrow(
      errorLike({ code: 'unknown_application' }),
    );
  });
});

describe('a software statement that somebody else signed', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const claims = { sub: 'their-app', iss: 'auth.adobe.com', nbf: 1, iat: 1 };

  test.each<[string, boolean, object, number]>([
    ['is invalid', false, claims, 400],
    ['stands for the first application, if it may', true, claims, 201],
    ['is invalid even so if it is of another issuer', true, { ...claims, iss: 'elsewhere' }, 400],
  ])('%s', async (_what, acceptForeignStatements, payload, status) => {
    const simulator = await startSimulator({ acceptForeignStatements });
    const software_statement = signJwt({ ...payload }, privateKey);
    const answer = await postRegister(simulator, { software_statement });
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.json).toEqual({ error: 'invalid_software_statement' });
    else expect(simulator.clients()).toMatchObject([{ application: 'tv' }]);
  });

  test('can be revoked, and one that is malformed is never believed', async () => {
    const simulator = await startSimulator({ acceptForeignStatements: true });
    const statement = signJwt(claims, privateKey);
    simulator.revokeStatement({ statement });
    expect((await postRegister(simulator, { software_statement: statement })).json).toEqual({
      error: 'unapproved_software_statement',
    });
    expect((await postRegister(simulator, { software_statement: 'a.b.c' })).json).toEqual({
      error: 'invalid_software_statement',
    });
  });
});

describe('register', () => {
  test('answers 201 with a pair, uncacheable', async () => {
    const simulator = await startFrozenSimulator();
    const answer = await postRegister(simulator, {
      software_statement: simulator.issueSoftwareStatement({ application: 'tv' }),
      redirect_uri: 'adobepass://com.programmer',
      token_endpoint_auth_method: 'unknown members do no harm',
    });
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      client_id: matching(uuid),
      client_secret: matching(uuid),
      client_id_issued_at: Date.parse('2026-03-01T12:00:00Z') / 1000,
      redirect_uris: ['adobepass://com.programmer'],
      grant_types: ['client_credentials'],
      scopes: ['api:client:v2'],
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toBe('application/json;charset=UTF-8');
  });

  test('gives another pair to every call', async () => {
    const simulator = await startSimulator();
    const pairs = await Promise.all([registered(simulator), registered(simulator)]);
    expect(new Set(pairs.flatMap(({ clientId, clientSecret }) => [clientId, clientSecret])).size).toBe(4);
  });

  test('can answer 200, and milliseconds', async () => {
    const simulator = await startFrozenSimulator({ successStatus: 200, clientIdIssuedAt: 'milliseconds' });
    const answer = await postRegister(simulator, {
      software_statement: simulator.issueSoftwareStatement({ application: 'tv' }),
    });
    expect(answer.status).toBe(200);
    expect(at(answer.json, 'client_id_issued_at')).toBe(Date.parse('2026-03-01T12:00:00Z'));
  });

  const foreignKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const resigned = (statement: string, change: (payload: Members) => object): string => {
    const signed = `${statement.split('.')[0]}.${Buffer.from(JSON.stringify(change(decode(statement).payload))).toString('base64url')}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), foreignKey).toString('base64url')}`;
  };
  const unsigned = (statement: string): string =>
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${statement.split('.')[1]}.`;

  test.each<[string, (statement: string) => unknown, string]>([
    ['no JSON', () => '{"software_statement":', 'invalid_request'],
    ['a JSON list', () => [], 'invalid_request'],
    ['no statement', () => ({ redirect_uri: 'https://adobe.com' }), 'invalid_request'],
    ['a statement that is no string', () => ({ software_statement: 7 }), 'invalid_request'],
    [
      'a redirect_uri that is no string',
      (software_statement) => ({ software_statement, redirect_uri: 7 }),
      'invalid_request',
    ],
    [
      'a redirect_uri that is no URI',
      (software_statement) => ({ software_statement, redirect_uri: 'somewhere' }),
      'invalid_redirect_uri',
    ],
    [
      'a redirect_uri of another domain',
      (software_statement) => ({ software_statement, redirect_uri: 'https://notadobe.com' }),
      'invalid_redirect_uri',
    ],
    ['text as statement', () => ({ software_statement: 'statement' }), 'invalid_software_statement'],
    [
      'an unsigned statement',
      (statement) => ({ software_statement: unsigned(statement) }),
      'invalid_software_statement',
    ],
    [
      'a statement of another key',
      (statement) => ({ software_statement: resigned(statement, (payload) => payload) }),
      'invalid_software_statement',
    ],
    [
      'a statement with line breaks',
      (statement) => ({ software_statement: `${statement.slice(0, 40)}\n${statement.slice(40)}` }),
      'invalid_software_statement',
    ],
  ])('refuses %s', async (_what, body, error) => {
    const simulator = await startSimulator({
      applications: [{ name: 'tv', redirectDomains: ['adobe.com'] }],
    });
    const answer = await postRegister(
      simulator,
      body(simulator.issueSoftwareStatement({ application: 'tv' })),
    );
    expect({ status: answer.status, json: answer.json }).toEqual({ status: 400, json: { error } });
    expect(simulator.clients()).toEqual([]);
  });

  test('takes redirect URIs of the domains of the application and below', async () => {
    const simulator = await startSimulator({
      applications: [{ name: 'tv', redirectDomains: ['adobe.com'] }],
    });
    for (const redirect_uri of [
      'https://adobe.com/done',
      'https://www.adobe.com',
      'adobepass://tv.adobe.com',
    ]) {
      const answer = await postRegister(simulator, {
        software_statement: simulator.issueSoftwareStatement({ application: 'tv' }),
        redirect_uri,
      });
      expect(at(answer.json, 'redirect_uris')).toEqual([redirect_uri]);
    }
  });

  test('takes any redirect URI for an application without domains, but no script', async () => {
    const simulator = await startSimulator();
    const software_statement = simulator.issueSoftwareStatement({ application: 'tv' });
    expect(
      (await postRegister(simulator, { software_statement, redirect_uri: 'adbe.app:/done' })).status,
    ).toBe(201);
    expect(
      (await postRegister(simulator, { software_statement, redirect_uri: 'javascript:alert(1)' })).json,
    ).toEqual({ error: 'invalid_redirect_uri' });
  });

  test('finds a well-formed statement of an unknown application unapproved', async () => {
    const [here, elsewhere] = [
      await startSimulator(),
      await startSimulator({ applications: [{ name: 'phone' }] }),
    ];
    const answer = await postRegister(here, {
      software_statement: elsewhere.issueSoftwareStatement({ application: 'phone' }),
    });
    expect(answer.json).toEqual({ error: 'unapproved_software_statement' });
  });

  test('does not mind a missing content type, unless strict', async () => {
    const [lenient, strict] = [await startSimulator(), await startSimulator({ strict: true })];
    const headers = { 'Content-Type': 'text/plain' };
    expect(
      (
        await postRegister(
          lenient,
          { software_statement: lenient.issueSoftwareStatement({ application: 'tv' }) },
          { headers },
        )
      ).status,
    ).toBe(201);
    expect(
      (
        await postRegister(
          strict,
          { software_statement: strict.issueSoftwareStatement({ application: 'tv' }) },
          { headers },
        )
      ).json,
    ).toEqual({ error: 'invalid_request' });
    const literal = { 'Content-Type': 'application/json;charset=utf-8', 'X-Device-Info': 'e30=' };
    expect(
      (
        await postRegister(
          strict,
          { software_statement: strict.issueSoftwareStatement({ application: 'tv' }) },
          { headers: { ...literal, Accept: 'application/json;charset=UTF-8' } },
        )
      ).status,
    ).toBe(201);
    expect(
      (
        await postRegister(
          strict,
          { software_statement: strict.issueSoftwareStatement({ application: 'tv' }) },
          { headers: { ...literal, Accept: 'text/html' } },
        )
      ).status,
    ).toBe(400);
  });
});

describe('token', () => {
  test('answers 201 with milliseconds, seconds and a lower-case bearer', async () => {
    const simulator = await startFrozenSimulator();
    const answer = await postToken(simulator, credentials(await registered(simulator)));
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      id: matching(uuid),
      access_token: aString,
      created_at: Date.parse('2026-03-01T12:00:00Z'),
      expires_in: 21_600,
      token_type: 'bearer',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('issues RS256 JWTs with the claims of real ones', async () => {
    const simulator = await startFrozenSimulator({
      applications: [{ name: 'tv', scopes: ['config:client', 'decisions:client'] }],
    });
    const pair = await registered(simulator);
    const { header, payload, signatureBytes } = decode(await tokenFor(simulator, pair));
    const iat = Date.parse('2026-03-01T12:00:00Z') / 1000;
    expect(header).toEqual({ alg: 'RS256' });
    expect(payload).toEqual({
      sub: pair.clientId,
      nbf: iat,
      iss: 'auth.adobe.com',
      scopes: 'config:client,decisions:client',
      exp: iat + 21_600,
      iat,
    });
    expect(signatureBytes).toBe(256);
  });

  test('never issues the same string twice, even within one millisecond', async () => {
    const simulator = await startFrozenSimulator();
    const pair = await registered(simulator);
    const tokens = await Promise.all([
      tokenFor(simulator, pair),
      tokenFor(simulator, pair),
      tokenFor(simulator, pair),
    ]);
    expect(new Set(tokens).size).toBe(3);
  });

  test('takes its parameters in the query of a POST, whatever the content type', async () => {
    const simulator = await startSimulator();
    const query = new URLSearchParams(credentials(await registered(simulator))).toString();
    const answer = await call(simulator, `/o/client/token?${query}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(answer.status).toBe(201);
  });

  test.each<[string, (good: Record<string, string>) => Record<string, string> | string, string]>([
    ['nothing', () => '', 'invalid_request'],
    ['an empty client_id', (good) => ({ ...good, client_id: '' }), 'invalid_request'],
    [
      'no client_secret',
      ({ client_id, grant_type }) => ({ client_id: client_id ?? '', grant_type: grant_type ?? '' }),
      'invalid_request',
    ],
    [
      'no grant_type',
      ({ client_id, client_secret }) => ({ client_id: client_id ?? '', client_secret: client_secret ?? '' }),
      'invalid_request',
    ],
    [
      'a repeated parameter',
      (good) => `${new URLSearchParams(good).toString()}&client_id=again`,
      'invalid_request',
    ],
    ['another grant', (good) => ({ ...good, grant_type: 'password' }), 'unsupported_grant_type'],
    ['an unknown client', (good) => ({ ...good, client_id: 'nobody' }), 'invalid_client'],
    ['a wrong secret', (good) => ({ ...good, client_secret: 'wrong' }), 'invalid_client'],
  ])('refuses %s', async (_what, parameters, error) => {
    const simulator = await startSimulator();
    const answer = await postToken(simulator, parameters(credentials(await registered(simulator))));
    expect({ status: answer.status, json: answer.json }).toEqual({ status: 400, json: { error } });
  });

  test('refuses HTTP Basic beside the parameters', async () => {
    const simulator = await startSimulator();
    const answer = await postToken(simulator, credentials(await registered(simulator)), {
      headers: { Authorization: 'Basic YTpi' },
    });
    expect(answer.json).toEqual({ error: 'invalid_request' });
  });

  test('is not for an application without the grant', async () => {
    const simulator = await startSimulator({
      applications: [{ name: 'tv', grantTypes: ['authorization_code'] }],
    });
    expect((await postToken(simulator, credentials(await registered(simulator)))).json).toEqual({
      error: 'unauthorized_client',
    });
  });

  test('refuses GET with 405', async () => {
    const simulator = await startSimulator();
    const answer = await call(
      simulator,
      `/o/client/token?${new URLSearchParams(credentials(await registered(simulator))).toString()}`,
    );
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
  });

  test('wants the literal form when strict', async () => {
    const simulator = await startSimulator({ strict: true });
    const headers = { 'X-Device-Info': 'e30=' };
    const pair = await registered(simulator, { headers });
    expect((await postToken(simulator, credentials(pair))).json).toEqual({ error: 'invalid_request' });
    expect((await postToken(simulator, credentials(pair), { headers })).status).toBe(201);
    const query = new URLSearchParams(credentials(pair)).toString();
    expect(
      (
        await call(simulator, `/o/client/token?${query}`, {
          method: 'POST',
          headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
        })
      ).status,
    ).toBe(400);
  });
});

test('/o/client/scopes and /o/client/validate are not simulated, and count', async () => {
  const simulator = await startFrozenSimulator();
  const forwardedFor = '203.0.113.9';
  const statuses: number[] = [];
  for (let index = 0; index < 12; index += 1)
    statuses.push(
      (await call(simulator, index % 2 === 0 ? '/o/client/scopes' : '/o/client/validate', { forwardedFor }))
        .status,
    );
  expect(statuses).toEqual([...Array<number>(11).fill(501), 429]);
});

test('a generated signing key makes statements of other simulators invalid', async () => {
  const [mine, other] = [await startSimulator({ signingKey: 'generated' }), await startSimulator()];
  const answer = await postRegister(mine, {
    software_statement: other.issueSoftwareStatement({ application: 'tv' }),
  });
  expect(answer.json).toEqual({ error: 'invalid_software_statement' });
});

test('a signing key of your own signs tokens that your public key verifies', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const simulator = await startSimulator({ signingKey: privateKey });
  const [header, payload, signature = ''] = (await tokenFor(simulator, await registered(simulator))).split(
    '.',
  );
  expect(
    verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      createPublicKey(privateKey),
      Buffer.from(signature, 'base64url'),
    ),
  ).toBe(true);
});
