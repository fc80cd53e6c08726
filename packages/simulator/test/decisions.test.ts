import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';

import { channelOf } from '../src/api/decisions/channelOf.js';
import type { Answer } from './support/caller.js';
import { at, textAt } from './support/caller.js';
import { aString, containing, matching } from './support/like.js';
import { turnOn } from './support/Tv.js';

/** `[authorized, source, code]` of each decision. */
function outcomes({ json }: Answer): unknown[] {
  return (at(json, 'decisions') as Record<string, unknown>[]).map(({ authorized, source, error }) => [
    authorized,
    source,
    at(error, 'code'),
  ]);
}

describe('preauthorize', () => {
  test('answers each resource in order, spelled as it was asked for, without a token', async () => {
    const { tv } = await turnOn();
    tv.signIn('SandpiperBasic');
    const { status, json } = await tv.preauthorize('SandpiperBasic', [
      'REF30',
      'REF30-sports ',
      'REF30-news',
    ]);
    expect(status).toBe(200);
    const common = { serviceProvider: 'REF30', mvpd: 'SandpiperBasic', source: 'mvpd' };
    expect(json).toEqual({
      decisions: [
        { ...common, resource: 'REF30', authorized: true },
        {
          ...common,
          resource: 'REF30-sports ',
          authorized: false,
          error: {
            action: 'none',
            status: 403,
            code: 'preauthorization_denied_by_mvpd',
            message: aString,
            details: containing('Sandpiper Basic'),
            helpUrl: aString,
            trace: aString,
          },
        },
        { ...common, resource: 'REF30-news', authorized: true },
      ],
    });
  });

  test('leaves out what no MVPD gates', async () => {
    const { tv } = await turnOn();
    tv.signIn();
    const { json } = await tv.preauthorize('Cablevision', ['REF30-free', 'REF30']);
    expect(json).toMatchObject({ decisions: [{ resource: 'REF30' }] });
    expect(outcomes(await tv.authorize('Cablevision', ['REF30-free']))).toEqual([[true, 'mvpd', undefined]]);
  });

  test.each<['call' | 'items' | undefined, number]>([
    [undefined, 403],
    ['call', 403],
    ['items', 200],
  ])('refuses six resources: %s', async (tooManyResources, status) => {
    const { tv } = await turnOn(tooManyResources === undefined ? {} : { tooManyResources });
    tv.signIn();
    const answer = await tv.preauthorize('Cablevision', ['1', '2', '3', '4', '5', '6']);
    expect(answer.status).toBe(status);
    if (status === 403)
      expect(answer.json).toMatchObject({ code: 'too_many_resources', action: 'configuration' });
    else
      expect(outcomes(answer)).toEqual(
        Array.from({ length: 6 }, () => [false, 'mvpd', 'too_many_resources']),
      );
  });
});

describe('authorize', () => {
  test('permits with a media token that the public key bears out, for seven minutes', async () => {
    const { simulator, tv } = await turnOn();
    tv.signIn('pinecrest_coop');
    const { json } = await tv.authorize('pinecrest_coop', ['REF30 & <more>']);
    const now = simulator.clock.now();
    expect(json).toEqual({
      decisions: [
        {
          resource: 'REF30 & <more>',
          serviceProvider: 'REF30',
          mvpd: 'pinecrest_coop',
          source: 'mvpd',
          authorized: true,
          token: { notBefore: now, notAfter: now + 420_000, serializedToken: aString },
          notBefore: now,
          notAfter: now + 86_400_000,
        },
      ],
    });
    const token = Buffer.from(
      textAt(json, 'decisions', '0', 'token', 'serializedToken'),
      'base64',
    ).toString();
    const [, signature = '', element = ''] =
      /^<signatureInfo>(.*)<\/signatureInfo>(<short.*)$/.exec(token) ?? [];
    const key = createPublicKey(simulator.publicKey());
    expect(verify('sha256', Buffer.from(element), key, Buffer.from(signature, 'base64'))).toBe(true);
    for (const part of [
      '<requestorID>REF30</requestorID>',
      '<resourceID>REF30 &amp; &lt;more&gt;</resourceID>',
      '<ttl>420000</ttl>',
      '<issueTime>2026/03/01 12:00:00 GMT +0000</issueTime>',
      '<mvpdId>pinecrest_coop</mvpdId><proxyMvpdId>ProxyWest</proxyMvpdId>',
    ])
      expect(element).toContain(part);
  });

  test('takes one resource', async () => {
    const { tv } = await turnOn();
    tv.signIn();
    expect((await tv.authorize('Cablevision', ['a', 'b'])).json).toMatchObject({
      code: 'too_many_resources',
    });
  });

  test.each<[string, string, string, string, string]>([
    ['an MVPD that denies', 'OldmillCable', 'viewer', 'REF30', 'authorization_denied_by_mvpd'],
    ['a package that lacks it', 'Cablevision', 'basic', 'REF30-sports', 'authorization_denied_by_mvpd'],
    [
      'parental controls',
      'Cablevision',
      'child',
      'REF30-movies',
      'authorization_denied_by_parental_controls',
    ],
    ['a device that left its home', 'Cablevision', 'away', 'REF30', 'authorization_denied_by_hba_policies'],
    [
      'a session that the MVPD ended',
      'Cablevision',
      'ended',
      'REF30',
      'authorization_denied_by_session_invalidated',
    ],
    ['a viewer unknown to the MVPD', 'Cablevision', 'stranger', 'REF30', 'identity_not_recognized_by_mvpd'],
    ['an MVPD out of reach', 'GreyharborCable', 'viewer', 'REF30', 'network_connection_timeout'],
    ['an unreadable answer', 'Cablevision', 'viewer', 'REF30-unread', 'network_received_error'],
    ['a lack of time', 'Cablevision', 'viewer', 'REF30-late', 'maximum_execution_time_exceeded'],
    ['a failure', 'Cablevision', 'viewer', 'REF30-broken', 'internal_server_error'],
  ])('denies within a 200 for %s', async (_what, mvpd, viewer, resource, code) => {
    const { tv } = await turnOn();
    tv.signIn(mvpd, viewer);
    const answer = await tv.authorize(mvpd, [resource]);
    expect(answer.status).toBe(200);
    expect(outcomes(answer)).toEqual([[false, 'mvpd', code]]);
  });

  test('permits a child what is for children', async () => {
    const { tv } = await turnOn();
    tv.signIn('Cablevision', 'child');
    expect(outcomes(await tv.authorize('Cablevision', ['REF30-kids']))).toEqual([[true, 'mvpd', undefined]]);
  });

  test.each<[string, unknown]>([
    ['no list', undefined],
    ['an empty list', []],
    ['an empty id', ['']],
    ['no ids', [1]],
  ])('refuses %s', async (_what, resources) => {
    const { tv } = await turnOn();
    tv.signIn();
    expect((await tv.authorize('Cablevision', resources)).json).toMatchObject({
      status: 400,
      code: 'invalid_parameter_resources',
    });
  });

  test.each([
    ['Nobody', 'invalid_parameter_mvpd'],
    ['OnlyOn31', 'invalid_integration'],
    ['HollowcreekTV', 'invalid_configuration_mvpd_platform'],
  ])('refuses %s', async (mvpd, code) => {
    const { tv } = await turnOn();
    expect((await tv.authorize(mvpd, ['REF30'])).json).toMatchObject({ code });
    expect((await tv.profileFor(mvpd)).json).toMatchObject({ code });
    expect((await tv.logout(mvpd)).json).toMatchObject({ code });
  });
});

describe('nobody signed in', () => {
  test.each<['items' | 'call' | undefined, number]>([
    [undefined, 200],
    ['items', 200],
    ['call', 403],
  ])('is said as asked: %s', async (missingProfile, status) => {
    const { tv } = await turnOn(missingProfile === undefined ? {} : { missingProfile });
    const answer = await tv.authorize('Cablevision', ['REF30']);
    expect(answer.status).toBe(status);
    const error = status === 200 ? at(answer.json, 'decisions', '0', 'error') : answer.json;
    expect(error).toMatchObject({
      code: 'authenticated_profile_missing',
      action: 'authentication',
      status: 403,
    });
  });

  test('is told from an expired and from a revoked sign-in', async () => {
    const { simulator, tv } = await turnOn({ accessTokenLifeSeconds: 10 ** 8 });
    const code = async (): Promise<unknown> =>
      at((await tv.authorize('TwelveOaks', ['REF30'])).json, 'decisions', '0', 'error', 'code');
    expect(await code()).toBe('authenticated_profile_missing');
    tv.signIn('TwelveOaks');
    simulator.clock.advance(6 * 3_600_000);
    expect([await code(), (await tv.profileFor('TwelveOaks')).json]).toEqual([
      'authenticated_profile_expired',
      { profiles: {} },
    ]);
    tv.signIn('TwelveOaks');
    simulator.signOut({ deviceIdentifier: 'living-room', serviceProvider: 'REF30', isInvalidation: true });
    expect([await code(), (await tv.profiles()).json]).toEqual([
      'authenticated_profile_invalidated',
      { profiles: {} },
    ]);
  });
});

describe('a degradation rule', () => {
  test('AuthNAll lets everybody in, signed in or not', async () => {
    const { simulator, tv } = await turnOn();
    simulator.degrade({ serviceProvider: 'REF30', mvpd: 'Cablevision', rule: 'AuthNAll', lifeSeconds: 60 });
    const now = simulator.clock.now();
    expect((await tv.createSession()).json).toMatchObject({
      actionName: 'authorize',
      reasonType: 'degraded',
    });
    expect(at((await tv.profileFor('Cablevision')).json, 'profiles', 'Cablevision')).toMatchObject({
      type: 'degraded',
      issuer: 'Adobe',
      notAfter: now + 60_000,
      attributes: { userID: { value: matching(/^95cf93bcd183214a/) } },
    });
    expect((await tv.profiles()).json).toEqual({ profiles: {} });
    expect((await tv.authorize('Cablevision', ['REF30'])).json).toMatchObject({
      decisions: [
        { authorized: true, source: 'degradation', token: {}, notBefore: now, notAfter: now + 60_000 },
      ],
    });
    expect((await tv.logout('Cablevision')).json).toMatchObject({
      logouts: { Cablevision: { actionName: 'complete' } },
    });
    simulator.clock.advance(60_000);
    expect((await tv.createSession()).json).toMatchObject({ actionName: 'authenticate' });
  });

  test('AuthZAll permits whoever is signed in, without a decision window', async () => {
    const { simulator, tv } = await turnOn();
    simulator.degrade({ serviceProvider: 'REF30', rule: 'AuthZAll' });
    expect(outcomes(await tv.authorize('OldmillCable', ['REF30']))).toEqual([
      [false, 'mvpd', 'authenticated_profile_missing'],
    ]);
    tv.signIn('OldmillCable');
    const { json } = await tv.authorize('OldmillCable', ['REF30']);
    expect(json).toMatchObject({ decisions: [{ authorized: true, source: 'degradation' }] });
    expect(at(json, 'decisions', '0', 'notAfter')).toBeUndefined();
    expect(outcomes(await tv.preauthorize('OldmillCable', ['REF30']))).toEqual([
      [true, 'degradation', undefined],
    ]);
  });

  test('AuthZNone denies everybody, in the words of the operator, until it is ended', async () => {
    const { simulator, tv } = await turnOn();
    tv.signIn();
    const message = 'Back at nine';
    simulator.degrade({ serviceProvider: 'REF30', mvpd: 'Cablevision', rule: 'AuthZNone', message });
    for (const answer of [
      await tv.authorize('Cablevision', ['REF30']),
      await tv.preauthorize('Cablevision', ['REF30']),
    ])
      expect(at(answer.json, 'decisions', '0')).toMatchObject({
        authorized: false,
        source: 'degradation',
        error: { code: 'authorization_denied_by_degradation_rule', details: message },
      });
    expect(simulator.endDegradation({ serviceProvider: 'REF30' })).toBe(1);
    expect(outcomes(await tv.authorize('Cablevision', ['REF30']))).toEqual([[true, 'mvpd', undefined]]);
  });
});

test.each([
  [' REF30 ', 'REF30'],
  ['<rss version="2.0"><channel><title>REF30-news</title><item/></channel></rss>', 'REF30-news'],
  ['<rss><channel><title><![CDATA[Tom & Jerry]]></title></channel></rss>', 'Tom & Jerry'],
  ['<rss><channel><title>Tom &amp; &lt;Jerry&gt;</title></channel></rss>', 'Tom & <Jerry>'],
  ['<rss><channel></channel></rss>', '<rss><channel></channel></rss>'],
])('%s is about %s', (resource, channel) => expect(channelOf(resource)).toBe(channel));
