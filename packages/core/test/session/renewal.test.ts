import { describe, expect, it } from 'vitest';
import { createHarness, deviceNumber, hourMs, times } from './harness.js';

const device = deviceNumber(1);

describe('renewal', () => {
  it('answers a thousand requests in the renewal window at once with the valid token, and renews it once', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const pass = harness.createPass();
    const old = await pass.client(device).accessToken();
    harness.advance(5 * hourMs);
    const mark = simulator.ledger.mark();
    simulator.fault({ endpoint: 'token', effect: { answerDelayMs: 2_000 } });
    const startedAt = Date.now();
    const tokens = await Promise.all(times(1_000, () => pass.client(device).accessToken()));
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    expect(new Set(tokens)).toEqual(new Set([old]));
    await expect
      .poll(() => simulator.ledger.entries({ since: mark, endpoint: 'token' }).map(({ status }) => status), {
        timeout: 5_000,
      })
      .toEqual([201]);
    await expect.poll(async () => await pass.client(device).accessToken()).not.toBe(old);
    expect(simulator.ledger.count({ since: mark, endpoint: 'token' })).toBe(1);
  });
});
