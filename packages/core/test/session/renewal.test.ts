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

  it('serves the old token to its end while the token endpoint is down, and backs off', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const pass = harness.createPass();
    const old = await pass.client(device).accessToken();
    harness.advance(5 * hourMs);
    const down = simulator.fault({ endpoint: 'token', count: Infinity, effect: { status: 503 } });
    const mark = simulator.ledger.mark();
    for (let minute = 0; minute < 59; minute += 1) {
      expect(await pass.client(device).accessToken()).toBe(old);
      // Whatever runs in the background has ended before the next minute.
      await new Promise((resolve) => setTimeout(resolve, 5));
      harness.advance(60_000);
    }
    const calls = simulator.ledger.count({ since: mark, endpoint: 'token' });
    expect(calls).toBeGreaterThan(5);
    expect(calls).toBeLessThanOrEqual(59);
    down.remove();
    harness.advance(60_000);
    await expect.poll(async () => await pass.client(device).accessToken()).not.toBe(old);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });
});
