import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import { readProfiles } from '../../src/api/profiles/readProfiles.js';
import { stage } from './scripted.js';

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
