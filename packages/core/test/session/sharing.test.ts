import { describe, expect, it } from 'vitest';
import { createHarness, deviceNumber, hourMs, times } from './harness.js';

describe('requests of one device share the work', () => {
  it('registers once and asks for one token, for a thousand first requests at once', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const pass = harness.createPass();
    const tokens = await Promise.all(times(1_000, () => pass.client(deviceNumber(1)).accessToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(1);
  });

  it('asks for one token when a thousand requests come just after expiry', async () => {
    await using harness = await createHarness();
    const pass = harness.createPass();
    const before = await pass.client(deviceNumber(1)).accessToken();
    harness.advance(6 * hourMs + 1);
    const mark = harness.simulator.ledger.mark();
    const tokens = await Promise.all(times(1_000, () => pass.client(deviceNumber(1)).accessToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).not.toBe(before);
    expect(harness.simulator.ledger.count({ since: mark, endpoint: 'token' })).toBe(1);
    expect(harness.simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });
});
