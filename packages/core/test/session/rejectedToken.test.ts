import type { FaultEffect } from '@pass-dcr/simulator';
import { describe, expect, it } from 'vitest';
import { createHarness, deviceNumber, times } from './harness.js';

const device = deviceNumber(1);

describe('a token that Adobe Pass rejects before its time', () => {
  it('costs one token call for twenty requests in flight, however late their 401s come', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const pass = harness.createPass();
    const client = pass.client(device);
    const revoked = await client.accessToken();
    simulator.revokeToken(revoked);
    // Looked at at once, answered one after the other.
    simulator.fault({
      endpoint: 'profiles',
      count: 20,
      effect: { answerDelayMs: times(20, (index) => index * 30) },
    });
    // The throttle is not what this is about: twenty requests of one device exceed its burst.
    const devices = times(20, (index) => pass.client({ ...device, address: `203.0.113.${index + 1}` }));
    const mark = simulator.ledger.mark();
    const answers = await Promise.all(devices.map(async (one) => await one.profiles.all()));
    expect(answers).toHaveLength(20);
    expect(simulator.ledger.count({ since: mark, endpoint: 'token' })).toBe(1);
    expect(simulator.ledger.count({ since: mark, endpoint: 'profiles', status: 401 })).toBe(20);
    expect(simulator.ledger.count({ since: mark, endpoint: 'profiles', status: 200 })).toBe(20);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });

  it('is replaced from the cache where another process has already renewed it', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const [first, second] = [harness.createPass(), harness.createPass()];
    const revoked = await first.client(device).accessToken();
    expect(await second.client(device).accessToken()).toBe(revoked);
    simulator.revokeToken(revoked);
    await first.client(device).profiles.all();
    await second.client(device).profiles.all();
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(2);
  });
});

interface Rejection {
  readonly name: string;
  /** Where nothing goes wrong but the configuration: the service provider that the application does not cover. */
  readonly serviceProvider?: string;
  readonly effect?: FaultEffect;
  readonly error: object;
}

const rejections: readonly Rejection[] = [
  {
    name: 'invalid_access_token_service_provider',
    serviceProvider: 'REF31',
    error: {
      code: 'application_not_accepted',
      message: expect.stringContaining('link the registered application to this service provider'),
      adobe: { code: 'invalid_access_token_service_provider', action: 'application-registration' },
    },
  },
  {
    name: 'invalid_access_token_client_application',
    effect: { error: 'invalid_access_token_client_application' },
    error: {
      code: 'application_not_accepted',
      message: expect.stringContaining('whether its software statement was revoked'),
      adobe: { code: 'invalid_access_token_client_application', action: 'application-registration' },
    },
  },
  {
    name: 'without a body',
    effect: { status: 401 },
    error: { code: 'access_token_rejected', message: expect.stringContaining('scope of REST API v2') },
  },
  {
    name: 'in the words of older services',
    effect: { status: 401, body: { error: 'access_denied' } },
    error: { code: 'access_token_rejected', adobe: { status: 401, code: 'access_denied' } },
  },
  {
    name: 'with an HTML page',
    effect: { status: 401, body: '<html>' },
    error: { code: 'access_token_rejected' },
  },
];

describe('an endless 401', () => {
  it.each(rejections)(
    '$name: is a configuration error for every request; each device renews its token once in 30 seconds, and none registers',
    async ({ serviceProvider, effect, error }) => {
      await using harness = await createHarness({ throttle: 'off' });
      const { simulator } = harness;
      const { ledger } = simulator;
      const devices = [deviceNumber(1), deviceNumber(2), deviceNumber(3)];
      const passes = [harness.createPass(), harness.createPass()];
      // No request of a device that is signed in is lost to this: each has its token before.
      for (const one of devices) await passes[0]?.client(one).accessToken();
      if (effect !== undefined) simulator.fault({ endpoint: 'profiles', count: Infinity, effect });
      const mark = ledger.mark();
      let requests = 0;
      for (let elapsedMs = 0; elapsedMs <= 180_000; elapsedMs += 5_000) {
        const outcomes = await Promise.allSettled(
          passes.flatMap((pass) =>
            devices.flatMap((one) =>
              times(3, async () => await pass.client(one, { serviceProvider }).profiles.all()),
            ),
          ),
        );
        for (const outcome of outcomes) {
          expect(outcome).toMatchObject({
            status: 'rejected',
            reason: { status: 500, retryable: false, viewerMustSignIn: false, ...error },
          });
        }
        requests += outcomes.length;
        harness.advance(5_000);
      }
      for (const { address } of devices) {
        const renewals = ledger.entries({ since: mark, endpoint: 'token', forwardedFor: address ?? '' });
        expect(renewals.length).toBeGreaterThan(1);
        for (const [index, { at, status }] of renewals.entries()) {
          expect(status).toBe(201);
          // What was forced at the same virtual instant is milliseconds late or early.
          if (index > 0) expect(at - (renewals[index - 1]?.at ?? NaN)).toBeGreaterThan(29_900);
        }
      }
      // Each request is made once, and repeated once at most.
      expect(ledger.count({ since: mark, endpoint: 'profiles' })).toBeLessThanOrEqual(2 * requests);
      expect(ledger.count({ since: mark, endpoint: 'profiles', status: 200 })).toBe(0);
      expect(ledger.count({ since: mark, endpoint: 'register' })).toBe(0);
      expect(simulator.clients()).toHaveLength(devices.length);

      simulator.clearFaults();
      await passes[1]?.client(deviceNumber(1)).profiles.all();
      expect(ledger.count({ since: mark, endpoint: 'profiles', status: 200 })).toBe(1);
    },
  );

  it('is not asked for again and again where every renewal brings it back', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const client = harness.createPass().client(device);
    const token = await client.accessToken();
    simulator.fault({ endpoint: 'profiles', count: Infinity, effect: { status: 401 } });
    const body = { access_token: token, expires_in: 21_600, token_type: 'bearer' };
    simulator.fault({ endpoint: 'token', count: Infinity, effect: { status: 201, body } });
    const mark = simulator.ledger.mark();
    for (let request = 0; request < 10; request += 1) {
      await expect(client.profiles.all()).rejects.toMatchObject({ code: 'access_token_rejected' });
    }
    expect(simulator.ledger.count({ since: mark, endpoint: 'token' })).toBe(1);
    harness.advance(31_000);
    await expect(client.profiles.all()).rejects.toMatchObject({ code: 'access_token_rejected' });
    expect(simulator.ledger.count({ since: mark, endpoint: 'token' })).toBe(2);
  });
});
