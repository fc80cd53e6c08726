import type { FaultEffect } from '@pass-dcr/simulator';
import { describe, expect, it } from 'vitest';
import { createHarness, deviceNumber, hourMs } from './harness.js';

const device = deviceNumber(1);

const ugly: readonly (readonly [string, FaultEffect])[] = [
  ['an HTML page', { html: true }],
  ['half a JSON body', { truncatedJson: true }],
  ['ten megabytes', { bodyBytes: 10_000_000 }],
  ['a connection reset before it took effect', { drop: 'before' }],
  ['a connection reset after it took effect', { drop: 'after' }],
  ['a 500 with HTML', { status: 500, body: '<html>' }],
  ['a 403 of a gateway', { status: 403, body: '<html>' }],
];

describe.concurrent('what comes instead of an answer', () => {
  it.each(ugly)(
    'of a registration: %s: the next attempt succeeds, within the deadline',
    async (_name, effect) => {
      await using harness = await createHarness({ throttle: 'off' });
      harness.simulator.fault({ endpoint: 'register', effect });
      await expect(harness.createPass().client(device).accessToken()).resolves.toBeTypeOf('string');
      expect(harness.simulator.ledger.count({ endpoint: 'register' })).toBe(2);
    },
  );

  it.each(ugly)('of a token request: %s: the pair is kept', async (_name, effect) => {
    await using harness = await createHarness({ throttle: 'off' });
    harness.simulator.fault({ endpoint: 'token', effect });
    await expect(harness.createPass().client(device).accessToken()).resolves.toBeTypeOf('string');
    expect(harness.simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    expect(harness.simulator.ledger.count({ endpoint: 'token' })).toBe(2);
  });

  it('a body of one byte per second ends in time', async () => {
    await using harness = await createHarness();
    harness.simulator.fault({ endpoint: 'token', effect: { slowBodyBytesPerSecond: 1 } });
    const startedAt = Date.now();
    await expect(harness.createPass().client(device).accessToken()).resolves.toBeTypeOf('string');
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });

  it.each([-86_400_000, 86_400_000])(
    'a clock of Adobe Pass that is off by %i ms changes nothing',
    async (dateSkewMs) => {
      await using harness = await createHarness();
      const { simulator } = harness;
      simulator.fault({ endpoint: '*', count: Infinity, effect: { dateSkewMs } });
      const pass = harness.createPass();
      const token = await pass.client(device).accessToken();
      harness.advance(3 * hourMs);
      expect(await pass.client(device).accessToken()).toBe(token);
      harness.advance(3 * hourMs);
      expect(await pass.client(device).accessToken()).not.toBe(token);
      expect(simulator.ledger.count({ endpoint: 'token' })).toBe(2);
    },
  );

  it('a token endpoint that never answers is a typed failure before the deadline', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    harness.simulator.fault({ endpoint: 'token', count: Infinity, effect: { status: 503 } });
    await expect(harness.createPass().client(device).accessToken()).rejects.toMatchObject({
      code: 'upstream_unavailable',
      status: 502,
      retryable: true,
      retryAfterMs: expect.any(Number),
    });
    expect(harness.simulator.ledger.count({ endpoint: 'token' })).toBe(3);
  });
});
