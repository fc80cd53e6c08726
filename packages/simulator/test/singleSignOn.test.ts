import { constants, createPrivateKey, privateDecrypt, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';

import { at, keysAt, textAt } from './support/caller.js';
import { aString } from './support/like.js';
import { completeForm, turnOn, turnOnAt, type Tv } from './support/Tv.js';

const kinds = [
  ['AD-Service-Token', 'serviceTokenSSO'],
  ['Adobe-Subject-Token', 'platformSSO'],
  ['X-Roku-Reserved-Roku-Connect-Token', 'platformSSO'],
] as const;

describe.each(kinds)('single sign-on by %s', (header, type) => {
  test('shares a sign-in with other devices of the same person, for as long as it lasts', async () => {
    const { simulator, tv } = await turnOn({ accessTokenLifeSeconds: 10 ** 8 });
    const as = (set: Tv, subject: string): Tv =>
      set.with({ [header]: simulator.issueIdentityToken({ subject, lifeSeconds: 10 ** 8 }) });
    const bedroom = await turnOnAt(simulator, 'bedroom');
    const code = await as(tv, 'ann').code();
    simulator.logIn({ code });
    expect(at((await as(tv, 'ann').profiles()).json, 'profiles', 'Cablevision', 'type')).toBe('regular');
    const shared = at((await as(bedroom, 'ann').profiles()).json, 'profiles', 'Cablevision');
    expect(shared).toMatchObject({
      type,
      issuer: 'Cablevision',
      notAfter: simulator.clock.now() + 30 * 86_400_000,
    });
    for (const other of [as(bedroom, 'bob'), bedroom])
      expect((await other.profiles()).json).toEqual({ profiles: {} });

    expect((await as(bedroom, 'ann').createSession()).json).toMatchObject({
      actionName: 'authorize',
      reasonType: 'authenticatedSSO',
    });
    expect((await as(bedroom, 'ann').authorize('Cablevision', ['REF30'])).json).toMatchObject({
      decisions: [{ authorized: true }],
    });
    expect((await bedroom.authorize('Cablevision', ['REF30'])).json).toMatchObject({
      decisions: [{ authorized: false }],
    });
    simulator.clock.advance(30 * 86_400_000);
    expect((await as(bedroom, 'ann').profiles()).json).toEqual({ profiles: {} });
  });

  test('ends for all where one signs out with the token, or where the sign-in was made', async () => {
    const { simulator, tv } = await turnOn();
    const token = simulator.issueIdentityToken({ subject: 'ann' });
    const bedroom = (await turnOnAt(simulator, 'bedroom')).with({ [header]: token });
    const livingRoom = tv.with({ [header]: token });
    simulator.logIn({ code: await livingRoom.code() });
    await bedroom.logout('Cablevision');
    expect((await bedroom.profiles()).json).toEqual({ profiles: {} });
    await tv.logout('Cablevision');
    simulator.logIn({ code: await livingRoom.code() });
    expect(keysAt((await bedroom.profiles()).json, 'profiles')).toEqual(['Cablevision']);
    await tv.logout('Cablevision');
    expect((await bedroom.profiles()).json).toEqual({ profiles: {} });
  });

  test('does no harm with a token that is none', async () => {
    const { simulator, tv } = await turnOn();
    const good = simulator.issueIdentityToken({ subject: 'ann' });
    const [head = '', payload = ''] = good.split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const expired = simulator.issueIdentityToken({ subject: 'ann', lifeSeconds: -1 });
    simulator.logIn({ code: await tv.with({ [header]: good }).code() });
    const bedroom = await turnOnAt(simulator, 'bedroom');
    for (const token of ['nonsense', `${head}.${payload}.`, unsigned, expired]) {
      const { status, json } = await bedroom.with({ [header]: token }).profiles();
      expect([status, json]).toEqual([200, { profiles: {} }]);
    }
  });
});

describe('single sign-on by Apple', () => {
  const status = (
    changes: { permission?: object; provider?: object } = {},
    nowMs = Date.parse('2026-03-01T12:00:00Z'),
  ): string =>
    Buffer.from(
      JSON.stringify({
        frameworkPermissionInfo: { accessStatus: 'granted', ...changes.permission },
        frameworkProviderInfo: {
          id: 'orchard-mapping',
          expirationDate: String(nowMs + 86_400_000),
          ...changes.provider,
        },
      }),
    ).toString('base64');
  const withStatus = (tv: Tv, changes?: Parameters<typeof status>[0]): Tv =>
    tv.with({ 'AP-Partner-Framework-Status': status(changes) });
  const { domainName, redirectUrl } = completeForm;

  test('asks the framework, takes its answer, and shows the profile to whoever sends the status', async () => {
    const { simulator, tv } = await turnOn();
    const set = withStatus(tv);
    const asked = await set.partnerSession({ domainName, redirectUrl }, 'apple');
    expect(asked.json).toMatchObject({
      actionName: 'partner_profile',
      actionType: 'direct',
      reasonType: 'none',
      url: '/api/v2/REF30/profiles/sso/apple',
      mvpd: 'OrchardCable',
      authenticationRequest: {
        type: 'saml',
        request: aString,
        attributesNames: ['userID', 'upstreamUserID', 'zip', 'householdID'],
      },
    });
    const made = await set.partnerProfile(simulator.partnerResponse({ mvpd: 'OrchardCable' }));
    expect(made.status).toBe(201);
    expect(at(made.json, 'profiles', 'OrchardCable')).toMatchObject({ type: 'appleSSO', issuer: 'Apple' });

    expect(keysAt((await set.profiles()).json, 'profiles')).toEqual(['OrchardCable']);
    expect((await tv.profiles()).json).toEqual({ profiles: {} });
    expect((await set.authorize('OrchardCable', ['REF30'])).json).toMatchObject({
      decisions: [{ authorized: true }],
    });
    expect((await tv.authorize('OrchardCable', ['REF30'])).json).toMatchObject({
      decisions: [{ error: { code: 'authenticated_profile_missing' } }],
    });
    expect((await set.partnerSession({ domainName, redirectUrl })).json).toMatchObject({
      actionName: 'authorize',
      reasonType: 'authenticatedSSO',
    });
    expect((await tv.logout('OrchardCable')).json).toEqual({
      logouts: {
        OrchardCable: {
          actionName: 'partner_logout',
          actionType: 'partner_interactive',
          mvpd: 'OrchardCable',
        },
      },
    });
    expect((await set.profiles()).json).toEqual({ profiles: {} });
  });

  test.each<[string, Parameters<typeof status>[0], string]>([
    [
      'nothing',
      { permission: { accessStatus: undefined } },
      'invalid_header_pfs_permission_access_not_present',
    ],
    [
      'no decision yet',
      { permission: { accessStatus: 'notDetermined' } },
      'invalid_header_pfs_permission_access_not_determined',
    ],
    [
      'a refusal',
      { permission: { accessStatus: 'denied' } },
      'invalid_header_pfs_permission_access_not_granted',
    ],
    ['an unknown provider', { provider: { id: 'nobody' } }, 'invalid_header_pfs_provider_id_not_determined'],
    ['an expired sign-in', { provider: { expirationDate: '1' } }, 'invalid_header_pfs_provider_info_expired'],
  ])(
    'falls back to a basic session where the status says %s, and makes no profile of it',
    async (_what, changes, code) => {
      const { simulator, tv } = await turnOn();
      const set = withStatus(tv, changes);
      expect((await set.partnerSession({ domainName, redirectUrl })).json).toMatchObject({
        actionName: 'resume',
        reasonType: 'pfs_fallback',
        missingParameters: ['mvpd'],
      });
      const response = simulator.partnerResponse({ mvpd: 'OrchardCable' });
      expect((await set.partnerProfile(response)).json).toMatchObject({ status: 400, code });
    },
  );

  test.each<[string, object, object, string, string]>([
    ['has no status at all', {}, {}, 'resume', 'pfs_fallback'],
    [
      'is not boarded',
      { id: 'vineyard-mapping' },
      { domainName, redirectUrl },
      'authenticate',
      'configuration_fallback',
    ],
    ['lacks parameters', { id: 'orchard-mapping' }, { domainName }, 'resume', 'missing_parameters_fallback'],
  ])('falls back where it %s', async (_what, provider, form, actionName, reasonType) => {
    const { tv } = await turnOn();
    const set = 'id' in provider ? withStatus(tv, { provider }) : tv;
    expect((await set.partnerSession(form)).json).toMatchObject({ actionName, reasonType });
  });

  test.each([
    ['no partner of that name', 'Banana', 'x', 'invalid_parameter_partner'],
    ['nothing', 'Apple', '', 'invalid_parameter_saml_response'],
    ['no SAML', 'Apple', Buffer.from('<hello/>').toString('base64'), 'invalid_parameter_saml_response'],
    [
      'Base64 whose plus signs were lost',
      'Apple',
      'PHNhbWw gUmVzcG9uc2U=',
      'invalid_parameter_saml_response',
    ],
  ])('refuses %s', async (_what, partner, response, code) => {
    const { tv } = await turnOn();
    expect((await withStatus(tv).partnerProfile(response, partner)).json).toMatchObject({
      status: 400,
      code,
    });
    expect((await withStatus(tv).partnerSession({}, 'Banana')).json).toMatchObject({
      code: 'invalid_parameter_partner',
    });
  });

  test('refuses the answer of another MVPD than the status names', async () => {
    const { simulator, tv } = await turnOn();
    const response = simulator.partnerResponse({ mvpd: 'Vineyard' });
    expect((await withStatus(tv).partnerProfile(response)).json).toMatchObject({
      code: 'invalid_header_pfs_provider_id_mismatch',
    });
  });

  test('has a degraded profile while everybody is let in', async () => {
    const { simulator, tv } = await turnOn();
    simulator.degrade({ serviceProvider: 'REF30', mvpd: 'OrchardCable', rule: 'AuthNAll' });
    const { status: answered, json } = await withStatus(tv).partnerProfile(
      simulator.partnerResponse({ mvpd: 'OrchardCable' }),
    );
    expect([answered, at(json, 'profiles', 'OrchardCable', 'type')]).toEqual([200, 'degraded']);
  });
});

test('an encrypted attribute opens with the private key of the scenario', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const { tv } = await turnOn({ signingKey });
  tv.signIn('BluefinchFiber');
  const { attributes } = at((await tv.profiles()).json, 'profiles', 'BluefinchFiber') as {
    attributes: unknown;
  };
  expect(at(attributes, 'zip', 'state')).toBe('enc');
  const opened = privateDecrypt(
    { key: createPrivateKey(signingKey), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    Buffer.from(textAt(attributes, 'zip', 'value'), 'base64'),
  );
  expect(opened.toString()).toBe('["94103"]');
});
