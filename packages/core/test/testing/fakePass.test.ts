import { describe, expect, it, vi } from 'vitest';
import { clientOf, PassError, type PassClient, type Profile } from '../../src/index.js';
import { internalsOf } from '../../src/PassInternals.js';
import { fakePass, type FakeAnswers } from '../../src/testing.js';
import { clientShape, type FakedClient, type ShapeOf } from '../../src/testing/fakeShape.js';

const profile: Profile = {
  mvpd: 'Cablevision',
  notBefore: 0,
  notAfter: 1,
  issuer: 'Adobe',
  type: 'regular',
  attributes: {},
  unknownFields: {},
};
const device = { identifier: 'tv-1' };

describe('a client of fakePass', () => {
  it('answers what the test says', async () => {
    const client = fakePass({ profiles: { all: [profile] } }).client(device);
    expect(await client.profiles.all()).toEqual([profile]);
    expect(await client.accessToken()).toBe('fake-access-token');
  });

  it('hands the arguments of the call to an answer that is a function', async () => {
    const request = vi.fn<PassClient['request']>(async () => ({ status: 200, headers: {}, body: 'seen' }));
    const client = fakePass({ request }).client(device);
    expect((await client.request('POST', '/api/v2/REF30/sessions', { json: {} })).body).toBe('seen');
    expect(request).toHaveBeenCalledExactlyOnceWith('POST', '/api/v2/REF30/sessions', { json: {} });
  });

  it('rejects with what an answer throws', async () => {
    const away = new PassError('upstream_unavailable', 'Adobe Pass is away');
    const all = (): never => {
      throw away;
    };
    await expect(fakePass({ profiles: { all } }).client(device).profiles.all()).rejects.toBe(away);
  });

  it('answers each device by itself', async () => {
    const pass = fakePass(({ identifier }) => ({
      profiles: { all: identifier === 'tv-1' ? [profile] : [] },
    }));
    expect(await pass.client(device).profiles.all()).toEqual([profile]);
    expect(await pass.client({ identifier: 'tv-2' }).profiles.all()).toEqual([]);
  });

  it('names the call that it has no answer for', async () => {
    await expect(fakePass().client(device).profiles.all()).rejects.toThrow(
      'fakePass has no answer for profiles.all(); give it one, as in fakePass({ profiles: { all: … } })',
    );
  });

  it('answers what returns at once at once, and undefined where that is the answer', async () => {
    const client = fakePass({
      sessions: { authenticateUrl: ({ code }) => `https://sign.in/${code}` },
      profiles: { forMvpd: undefined },
    }).client(device);
    expect(client.sessions.authenticateUrl({ code: 'ABC' })).toBe('https://sign.in/ABC');
    expect(await client.profiles.forMvpd({ mvpd: 'Cablevision' })).toBeUndefined();
  });

  it('knows its device and its service provider', () => {
    const pass = fakePass({}, { serviceProvider: 'SPORTS' });
    expect(pass.client({ ...device, address: '203.0.113.7' }).device).toMatchObject({
      identifier: 'tv-1',
      address: '203.0.113.7',
    });
    expect(pass.client(device).serviceProvider).toBe('SPORTS');
    expect(pass.client(device, { serviceProvider: 'NEWS' }).serviceProvider).toBe('NEWS');
  });

  it('is one for clientOf, and without a device none', async () => {
    const client = internalsOf(fakePass({ profiles: { all: [] } }))?.client(undefined, undefined);
    expect(clientOf({ pass: client })).toBe(client);
    expect(client?.needsToken()).toBe(false);
    expect(() => client?.device).toThrow('the request names no device');
    await expect(client?.profiles.all()).rejects.toMatchObject({ code: 'device_missing' });
  });

  it('is waited for where its access token is a function', async () => {
    const internals = internalsOf(fakePass({ accessToken: async () => 'token' }));
    expect(internals?.client(device, undefined).needsToken()).toBe(true);
    expect(
      internalsOf(fakePass({ accessToken: 'token' }))
        ?.client(device, undefined)
        .needsToken(),
    ).toBe(false);
  });
});

describe('fakePass', () => {
  it('refuses an answer to what clients do not have', async () => {
    const misspelt = { profile: { all: [] } } as FakeAnswers;
    expect(() => fakePass(misspelt)).toThrow('fakePass has no profile; did you mean profiles?');
    const nested = { profiles: { every: [] } } as FakeAnswers;
    expect(() => fakePass(nested)).toThrow('fakePass: profiles has no every; there are all, forMvpd');
    await expect(
      fakePass(() => misspelt)
        .client(device)
        .profiles.all(),
    ).rejects.toThrow('has no profile');
  });

  it('checks devices as every Pass does', () => {
    expect(() => fakePass().client({ identifier: '' })).toThrow('must not be empty');
    expect(() => fakePass().client(undefined as never)).toThrow('received undefined');
    expect(() => fakePass().client(device, { subjectToken: 'a\nb' })).toThrow('Adobe-Subject-Token');
  });

  it('owns its clients and no others', () => {
    const pass = fakePass();
    const internals = internalsOf(pass);
    expect(internals?.owns(internals.client(device, undefined))).toBe(true);
    expect(internals?.owns(fakePass().client(device))).toBe(false);
  });

  it('does nothing for operators, unless it is told', async () => {
    await using pass = fakePass();
    await pass.authenticate(device);
    expect(await pass.readiness()).toEqual({ ready: true, findings: [] });
    expect(await pass.restore(device)).toBe(false);
    expect(pass.tagOf(device)).toBe(pass.tagOf({ identifier: Buffer.from('tv-1') }));
    const down = { ready: false, findings: [] };
    expect(await fakePass({}, { readiness: async () => down }).readiness()).toBe(down);
  });

  it('does not compile with an answer of another type', () => {
    // @ts-expect-error profiles.all() answers a list of profiles
    expect(fakePass({ profiles: { all: 'nobody' } })).toBeDefined();
    // @ts-expect-error there is no such resource
    expect(() => fakePass({ nowhere: {} })).toThrow('nowhere');
  });
});

describe('the shape of a client', () => {
  it('does not compile where a resource, or a method of one, is missing', () => {
    interface Later extends FakedClient {
      readonly later: { list(): Promise<string>; addressOf(code: string): string };
    }
    // @ts-expect-error the resource that came later is missing
    clientShape satisfies ShapeOf<Later>;
    // @ts-expect-error one of its methods is missing
    ({ ...clientShape, later: { list: 'promise' } }) satisfies ShapeOf<Later>;
    const complete = { ...clientShape, later: { list: 'promise', addressOf: 'value' } } as const;
    expect(complete satisfies ShapeOf<Later>).toBeDefined();
  });
});
