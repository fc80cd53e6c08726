import { describe, expect, test } from 'vitest';

import { at } from './support/caller.js';
import { matching } from './support/like.js';
import { turnOn, turnOnAt, type Tv } from './support/Tv.js';

const basic = 'TempPass_TEST40';
const promotional = 'TempPass_Promotion';

function asPerson(tv: Tv, email: string): Tv {
  return tv.with({ 'AP-TempPass-Identity': Buffer.from(JSON.stringify({ email })).toString('base64') });
}

async function outcome(tv: Tv, mvpd: string, resource = 'REF30'): Promise<unknown> {
  const { json } = await tv.authorize(mvpd, [resource]);
  return at(json, 'decisions', '0', 'authorized') === true
    ? at(json, 'decisions', '0', 'source')
    : at(json, 'decisions', '0', 'error', 'code');
}

describe('a basic TempPass', () => {
  test('needs no sign-in, and its clock starts with the first authorize', async () => {
    const { simulator, tv } = await turnOn();
    const profile = async (): Promise<unknown> => at((await tv.profileFor(basic)).json, 'profiles', basic);
    expect((await tv.createSession({ mvpd: basic })).json).toMatchObject({
      actionName: 'authorize',
      reasonType: 'temporary',
    });
    expect((await tv.preauthorize(basic, ['a', 'b'])).json).toMatchObject({
      decisions: [{ authorized: true, source: 'temppass' }, { authorized: true }],
    });
    simulator.clock.advance(3_600_000);
    const started = simulator.clock.now();
    expect(await outcome(tv, basic)).toBe('temppass');
    simulator.clock.advance(599_999);
    expect(await profile()).toMatchObject({
      type: 'temporary',
      issuer: 'Adobe',
      notBefore: started,
      notAfter: started + 600_000,
      attributes: {
        userID: { value: matching(/^temppass_/) },
        expiration_date: { value: started + 600_000 },
      },
    });
    expect(await outcome(tv, basic, 'another')).toBe('temppass');
    simulator.clock.advance(1);
    expect(await outcome(tv, basic)).toBe('temporary_access_duration_limit_exceeded');
    const { status, json } = await tv.profileFor(basic);
    expect([status, at(json, 'code')]).toEqual([403, 'temporary_access_duration_limit_exceeded']);
    expect((await tv.profiles()).json).toEqual({ profiles: {} });
  });

  test('belongs to the device, also with another pair', async () => {
    const { simulator, tv } = await turnOn();
    await outcome(tv, basic);
    simulator.clock.advance(600_000);
    expect(await outcome(await turnOnAt(simulator), basic)).toBe('temporary_access_duration_limit_exceeded');
    expect(await outcome(await turnOnAt(simulator, 'bedroom'), basic)).toBe('temppass');
  });

  test('can be given back to a device, or to all', async () => {
    const { simulator, tv } = await turnOn();
    const other = await turnOnAt(simulator, 'bedroom');
    for (const set of [tv, other]) await outcome(set, basic);
    simulator.clock.advance(600_000);
    const pass = { serviceProvider: 'REF30', mvpd: basic };
    expect(simulator.resetTemporaryAccess({ ...pass, deviceIdentifier: 'living-room' })).toBe(1);
    expect([await outcome(tv, basic), await outcome(other, basic)]).toEqual([
      'temppass',
      'temporary_access_duration_limit_exceeded',
    ]);
    expect(simulator.resetTemporaryAccess(pass)).toBe(2);
    expect(await outcome(other, basic)).toBe('temppass');
  });
});

describe('a promotional TempPass', () => {
  test.each([
    ['absent', undefined],
    ['no Base64', '{}'],
    ['without its key', Buffer.from('{"phone":"x"}').toString('base64')],
  ])('wants to know who it is: %s', async (_what, identity) => {
    const { tv } = await turnOn();
    const asked = identity === undefined ? tv : tv.with({ 'AP-TempPass-Identity': identity });
    expect((await asked.profileFor(promotional)).json).toMatchObject({
      status: 400,
      code: 'invalid_header_identity_for_temporary_access',
    });
    expect(await outcome(asked, promotional)).toBe('invalid_header_identity_for_temporary_access');
  });

  test('is for so many titles, each as often as one likes', async () => {
    const { tv } = await turnOn();
    const person = asPerson(tv, 'hash-1');
    for (const title of ['a', 'b', 'a']) expect(await outcome(person, promotional, title)).toBe('temppass');
    expect(
      at((await person.profileFor(promotional)).json, 'profiles', promotional, 'attributes'),
    ).toMatchObject({
      remaining_resources: { value: 1 },
      used_assets: { value: ['a', 'b'] },
    });
    expect(await outcome(person, promotional, 'c')).toBe('temppass');
    expect(await outcome(person, promotional, 'd')).toBe('temporary_access_resources_limit_exceeded');
    expect(await outcome(person, promotional, 'a')).toBe('temppass');
    const { status, json } = await person.profileFor(promotional);
    expect([status, at(json, 'code')]).toEqual([403, 'temporary_access_resources_limit_exceeded']);
  });

  test('knows a trial by the person as well as by the device', async () => {
    const { simulator, tv } = await turnOn();
    const other = await turnOnAt(simulator, 'bedroom');
    for (const title of ['a', 'b', 'c']) await outcome(asPerson(tv, 'hash-1'), promotional, title);
    const exceeded = 'temporary_access_resources_limit_exceeded';
    expect(await outcome(asPerson(other, 'hash-1'), promotional, 'd')).toBe(exceeded);
    expect(await outcome(asPerson(tv, 'hash-2'), promotional, 'd')).toBe(exceeded);
    expect(await outcome(asPerson(other, 'hash-2'), promotional, 'd')).toBe('temppass');
  });
});

test('a TempPass without its configuration says so', async () => {
  const { tv } = await turnOn({
    serviceProviders: [{ id: 'REF30', mvpds: [{ id: 'Broken', isTempPass: true }] }],
  });
  const { status, json } = await tv.profileFor('Broken');
  expect([status, at(json, 'code')]).toEqual([500, 'invalid_configuration_temporary_access']);
  expect(await outcome(tv, 'Broken')).toBe('invalid_configuration_temporary_access');
});
