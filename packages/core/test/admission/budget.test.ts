import { describe, expect, it } from 'vitest';
import {
  RegistrationBudget,
  type Place,
  type RegistrationLimits,
} from '../../src/admission/RegistrationBudget.js';
import type { Failure } from '../../src/registration/event.js';
import { failure } from '../../src/registration/failure.js';
import { defaultLimits, defaultTiming } from '../../src/timing.js';
import { ManualClock } from '../time/ManualClock.js';

const registered = {
  type: 'registered',
  credentials: { clientId: 'c', clientSecret: 's', registeredAt: 0, statement: '' },
} as const;

function budgetOf(limits: Partial<RegistrationLimits> = {}) {
  const clock = new ManualClock();
  const budget = new RegistrationBudget({ ...defaultLimits, ...limits }, clock, defaultTiming.admission);
  const reserve = async (address: string, signal = new AbortController().signal): Promise<Place | Failure> =>
    await budget.reserve(address, signal);
  return { clock, reserve };
}

const wasRefused = (place: Place | Failure): place is Failure => 'code' in place;

async function spend(place: Place | Failure): Promise<void> {
  if (wasRefused(place)) throw new Error(place.message);
  await place.register(async () => registered);
  place.end();
}

const household = '203.0.113.7';
const perAddress = { registrationsPerAddress: { burst: 2, perSecond: 0.001 } };

describe('the allowance of an address', () => {
  it('is charged for calls on the wire, once each', async () => {
    const { reserve } = budgetOf(perAddress);
    for (let call = 0; call < 2; call += 1) await spend(await reserve(household));
    expect(await reserve(household)).toMatchObject({ code: 'registration_limited' });
  });

  it('is not charged for a place that was given back, nor for a call that was not sent', async () => {
    const { reserve } = budgetOf(perAddress);
    const throttled = failure('upstream_throttled', 'its address is to be left alone', {
      retryAfterMs: 1_000,
    });
    for (let time = 0; time < 5; time += 1) {
      const place = await reserve(household);
      if (wasRefused(place)) throw new Error(place.message);
      if (time > 2) await place.register(async () => ({ type: 'registrationFailed', failure: throttled }));
      place.end();
      place.end();
    }
    await spend(await reserve(household));
    await spend(await reserve(household));
    expect(await reserve(household)).toMatchObject({ code: 'registration_limited' });
  });

  it('is not charged for a device that has left the queue', async () => {
    const { reserve } = budgetOf({ ...perAddress, concurrentRegistrations: 1 });
    const first = await reserve('203.0.114.1');
    const leaver = new AbortController();
    const waiting = reserve(household, leaver.signal);
    leaver.abort();
    expect(await waiting).toMatchObject({ code: 'registration_limited' });
    await spend(first);
    await spend(await reserve(household));
    await spend(await reserve(household));
  });
});

describe('the allowance of a process', () => {
  const perProcess = { registrationsPerProcess: { burst: 200, perSecond: 0.001 } };

  it.each([
    ['2001:db8:dead', (n: number): string => `2001:db8:dead:${n.toString(16)}::1`],
    ['203.0.113.0/24', (n: number): string => `203.0.113.${n % 256}`],
  ])('is not used up by invented devices from all over one network, %s', async (_, addressOf) => {
    const { reserve } = budgetOf(perProcess);
    let invented = 0;
    for (let n = 0; n < 1_000; n += 1) {
      const place = await reserve(addressOf(n));
      if (wasRefused(place)) continue;
      invented += 1;
      await spend(place);
    }
    // What one address may, and three quarters of the rest.
    expect(invented).toBe(180);
    for (let n = 0; n < 20; n += 1) await spend(await reserve(`198.51.${n}.1`));
    expect(wasRefused(await reserve('198.51.99.1'))).toBe(true);
  });
});

describe('the queue', () => {
  it('tells those that it has no place for how long it takes to be served', async () => {
    const { clock, reserve } = budgetOf({ concurrentRegistrations: 2, queuedRegistrations: 20 });
    const places: (Place | Failure)[] = [];
    for (let n = 0; n < 22; n += 1) void reserve(`198.51.${n}.1`).then((place) => places.push(place));
    await new Promise((resolve) => setImmediate(resolve));
    const [first] = places;
    if (first === undefined || wasRefused(first)) throw new Error('there is no first place');
    await first.register(async () => {
      clock.advance(800);
      return registered;
    });
    expect(await reserve('198.51.100.1')).toMatchObject({
      code: 'registration_limited',
      // Twenty that wait, two at a time.
      retryAfterMs: 8_000,
    });
  });
});
