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

  it('does not loop: a second rejection within 30 seconds is an error, and no registration', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const client = harness.createPass().client(device);
    await client.accessToken();
    simulator.fault({ endpoint: 'profiles', count: Infinity, effect: { status: 401 } });
    const mark = simulator.ledger.mark();
    await expect(client.profiles.all()).rejects.toMatchObject({ code: 'access_token_rejected', status: 502 });
    await expect(client.profiles.all()).rejects.toMatchObject({ code: 'access_token_rejected' });
    await expect(client.profiles.all()).rejects.toMatchObject({ code: 'access_token_rejected' });
    expect(simulator.ledger.count({ since: mark, endpoint: 'token' })).toBe(1);
    harness.advance(31_000);
    await expect(client.profiles.all()).rejects.toMatchObject({ code: 'access_token_rejected' });
    expect(simulator.ledger.count({ since: mark, endpoint: 'token' })).toBe(2);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });
});
