import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import { readProfiles } from '../../src/api/profiles/readProfiles.js';
import { stage, type Stage } from './scripted.js';

const process = (body: unknown) => readProfiles('GET profiles', { status: 200, headers: {}, body });

const regular = {
  notBefore: 1_760_000_000_000,
  notAfter: 1_760_086_400_000,
  issuer: 'Cablevision',
  type: 'regular',
  attributes: { userID: { value: 'abc', state: 'plain' }, zip: { value: 'x==', state: 'enc' } },
};

describe('client.profiles.all', () => {
  it('sends what Adobe documents for it: no identity for temporary access', async () => {
    const on = stage([200, { profiles: {} }]);
    const client = new ApiClient(
      on,
      { identifier: 'tv', address: '203.0.113.7', userAgent: 'TV/1' },
      {
        subjectToken: 'a.b.c',
        tempPassIdentity: 'e30=',
        visitorIdentifier: '38400',
        serviceProvider: 'REF31',
      },
    );
    expect(await client.profiles.all()).toEqual([]);
    expect(on.transport.sent).toEqual([
      {
        method: 'GET',
        path: '/api/v2/REF31/profiles',
        headers: {
          accept: 'application/json;charset=utf-8',
          authorization: 'Bearer token-1',
          'ap-device-identifier': 'fingerprint dHY=',
          'x-forwarded-for': '203.0.113.7',
          'user-agent': 'TV/1',
          'adobe-subject-token': 'a.b.c',
          'ap-visitor-identifier': '38400',
        },
      },
    ]);
  });
});

describe('client.profiles.forMvpd', () => {
  const clientOn = (on: Stage): ApiClient =>
    new ApiClient(on, { identifier: 'tv' }, { tempPassIdentity: 'e30=', partnerFrameworkStatus: 'e30=' });

  it('finds the profile of the provider, with the identity for temporary access', async () => {
    const on = stage([200, { profiles: { Other: regular, Acme: regular } }]);
    expect(await clientOn(on).profiles.forMvpd({ mvpd: 'Acme' })).toMatchObject({ mvpd: 'Acme' });
    expect(on.transport.sent[0]?.path).toBe('/api/v2/REF30/profiles/Acme');
    expect(on.transport.sent[0]?.headers).toMatchObject({
      'ap-temppass-identity': 'e30=',
      'ap-partner-framework-status': 'e30=',
    });
  });

  it('takes the only one, whatever it is called', async () => {
    const on = stage([200, { profiles: { Proxied: regular } }]);
    expect(await clientOn(on).profiles.forMvpd({ mvpd: 'Acme' })).toMatchObject({ mvpd: 'Proxied' });
  });

  it('has none where nobody is signed in, however Adobe Pass says so', async () => {
    const on = stage(
      [200, { profiles: {} }],
      [403, { status: 403, code: 'authenticated_profile_missing', action: 'authentication' }],
    );
    expect(await clientOn(on).profiles.forMvpd({ mvpd: 'Acme' })).toBeUndefined();
    expect(await clientOn(on).profiles.forMvpd({ mvpd: 'Acme' })).toBeUndefined();
  });

  it('says of a trial that is used up that the viewer has to sign in', async () => {
    const code = 'temporary_access_duration_limit_exceeded';
    // Adobe's samples have this code with the action none, too.
    const on = stage([403, { status: 403, code, action: 'none', message: 'Your trial is over.' }]);
    const refused = clientOn(on).profiles.forMvpd({ mvpd: 'TempPass' });
    await expect(refused).rejects.toMatchObject({
      code: 'upstream_refused',
      adobe: { code },
      mustAct: 'viewer',
      viewerMustSignIn: true,
      viewerMessage: { message: 'Your trial is over.' },
    });
  });

  it.each(['..', '.', '', 'a/b', 'a\\b', '%2e%2e', 7])('refuses the provider %j', async (mvpd) => {
    const on = stage();
    await expect(clientOn(on).profiles.forMvpd({ mvpd: mvpd as string })).rejects.toMatchObject({
      code: 'parameter_invalid',
      status: 400,
    });
    expect(on.transport.sent).toEqual([]);
  });
});

describe('client.profiles.forCode', () => {
  it('finds the profile of a sign-in, or none yet', async () => {
    const on = stage([200, { profiles: {} }], [200, { profiles: { Acme: regular } }]);
    const client = new ApiClient(on, { identifier: 'tv' }, { subjectToken: 'a.b', visitorIdentifier: '38' });
    expect(await client.profiles.forCode({ code: 'ab c' })).toBeUndefined();
    expect(await client.profiles.forCode({ code: 'ABC' })).toMatchObject({ mvpd: 'Acme' });
    for (const { path, headers } of on.transport.sent) {
      expect(path).toBe('/api/v2/REF30/profiles/code/ABC');
      expect(headers).toHaveProperty('ap-device-identifier');
      expect(headers).toHaveProperty('ap-visitor-identifier');
      expect(headers).not.toHaveProperty('adobe-subject-token');
    }
    expect(on.tokens.signedInWith).toEqual(['token-1']);
  });
});

describe('readProfiles', () => {
  it('makes a list of the map, in its order', () => {
    const profiles = process({
      profiles: { Zulu: regular, Alpha: { ...regular, type: 'degraded', issuer: 'Adobe' } },
    });
    expect(profiles.map(({ mvpd, type, issuer }) => [mvpd, type, issuer])).toEqual([
      ['Zulu', 'regular', 'Cablevision'],
      ['Alpha', 'degraded', 'Adobe'],
    ]);
    expect(profiles[0]).toEqual({ mvpd: 'Zulu', ...regular, unknownFields: {} });
  });

  it('reads times as numbers or text', () => {
    expect(process({ profiles: { A: { ...regular, notAfter: '1760086400000' } } })[0]?.notAfter).toBe(
      1_760_086_400_000,
    );
  });

  it('says how much is left of a free trial', () => {
    const attributes = {
      expiration_date: { value: '1760086400000', state: 'plain' },
      remaining_resources: { value: 3, state: 'plain' },
      used_assets: { value: ['a'], state: 'plain' },
    };
    expect(
      process({ profiles: { T: { ...regular, type: 'temporary', issuer: 'Adobe', attributes } } }),
    ).toMatchObject([
      {
        type: 'temporary',
        temporaryAccess: { expiresAt: 1_760_086_400_000, remainingResources: 3, usedAssets: ['a'] },
      },
    ]);
    const used = { used_assets: { value: 0, state: 'plain' } };
    expect(process({ profiles: { T: { ...regular, type: 'temporary', attributes: used } } })).toMatchObject([
      { temporaryAccess: { usedAssets: [] } },
    ]);
  });

  it('keeps a kind of profile that it does not know', () => {
    expect(process({ profiles: { A: { ...regular, type: 'hologram', later: 1 } } })).toMatchObject([
      { type: 'other', unknownFields: { type: 'hologram', later: 1 } },
    ]);
  });

  it.each([
    [1_760_086_400_000, 1_760_086_400_000],
    ['1760086400000', 1_760_086_400_000],
    [1_760_086_400, 1_760_086_400_000],
    ['2025-10-10T08:53:20Z', 1_760_086_400_000],
    ['2025-10-10T08:53:20.000+00:00', 1_760_086_400_000],
  ])('reads the time %j', (notAfter, ms) => {
    expect(process({ profiles: { A: { ...regular, notAfter } } })[0]?.notAfter).toBe(ms);
  });

  it('tolerates members it does not know, and attributes in other forms', () => {
    const attributes = {
      inHome: true,
      userID: { error: 'not_shared', state: 'plain' },
      list: { value: [1], state: 'new' },
    };
    expect(process({ profiles: { A: { ...regular, attributes, sessionId: 'x' } } })[0]?.attributes).toEqual({
      inHome: { value: true, state: 'plain' },
      userID: { error: 'not_shared', state: 'plain' },
      list: { value: [1], state: 'new' },
    });
    expect(process({ profiles: { A: { notBefore: 1, notAfter: 2 } } })[0]).toMatchObject({
      issuer: 'A',
      attributes: {},
    });
  });

  it.each([
    undefined,
    [],
    { profiles: [] },
    { profiles: { A: null } },
    { profiles: { A: { notAfter: 'soon', notBefore: 1 } } },
  ])('refuses %j', (body) => {
    expect(() => process(body)).toThrow(expect.objectContaining({ code: 'upstream_response_invalid' }));
  });
});
