import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockDrift } from '../../src/readiness/ClockDrift.js';
import { AdjustableClock } from '../../src/testing/AdjustableClock.js';
import { createHarness, deviceNumber, hourMs } from '../session/harness.js';
import { defaultTiming } from '../../src/timing.js';

const at = Date.UTC(2031, 0, 1);

/** An answer that was `rttMs` under way, of a server whose clock is `driftMs` behind the local one. */
function answer(drift: ClockDrift, driftMs: number, rttMs = 0, headers = {}, requestedAt = at): void {
  // It is written in the middle, and `Date` has whole seconds.
  const date = new Date(requestedAt + rttMs / 2 - driftMs).toUTCString();
  drift.observe(
    { status: 200, headers: { date, ...headers }, body: Buffer.alloc(0), requestedAt },
    requestedAt + rttMs,
  );
}

function findingAfter(...answers: [driftMs: number, rttMs?: number, headers?: object][]): unknown {
  const drift = new ClockDrift(defaultTiming.readiness);
  for (const [index, [driftMs, rttMs, headers]] of answers.entries())
    answer(drift, driftMs, rttMs, headers, at + index * 1_000);
  const [finding] = drift.findings();
  return finding && `${finding.level} ${/\d+ s (?:ahead|behind)/.exec(finding.message)?.[0]}`;
}

describe('the drift of the clock', () => {
  it.each([
    [0, undefined],
    [30_000, undefined],
    [-30_000, undefined],
    [40_000, 'warning 39 s ahead'],
    [-40_000, 'warning 40 s behind'],
    [299_000, 'warning 298 s ahead'],
    [302_000, 'error 301 s ahead'],
    [-301_000, 'error 301 s behind'],
  ])('of %i ms is a finding: %s', (driftMs, finding) => {
    expect(findingAfter([driftMs])).toBe(finding);
  });

  it('is never reported as more than it is, however long answers take', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -30_000, max: 30_000 }),
        fc.array(fc.tuple(fc.nat(120_000), fc.nat(2_000_000)), { minLength: 1 }),
        (driftMs, answers) => {
          const drift = new ClockDrift(defaultTiming.readiness);
          for (const [rttMs, laterMs] of answers) answer(drift, driftMs, rttMs, {}, at + laterMs);
          expect(drift.findings()).toEqual([]);
        },
      ),
    );
  });

  it('is that of the quickest answer', () => {
    expect(findingAfter([40_000, 100], [40_000, 60_000])).toBe('warning 39 s ahead');
    expect(findingAfter([40_000, 60_000])).toBeUndefined();
    expect(findingAfter([40_000, 60_000], [40_000, 100])).toBe('warning 39 s ahead');
  });

  it('is that of the later answers where they contradict the earlier: a clock has been set', () => {
    expect(findingAfter([21_600_000, 10], [0, 500], [0, 500])).toBeUndefined();
    expect(findingAfter([0, 10], [-50_000, 500], [-50_000, 800])).toMatch(/^warning \d+ s behind$/);
  });

  it('is not that of a single answer which contradicts the others', () => {
    expect(findingAfter([0, 500], [21_600_000, 10])).toBeUndefined();
    expect(findingAfter([0, 500], [21_600_000, 10], [0, 500], [21_600_000, 10])).toBeUndefined();
    expect(findingAfter([0, 500], [21_600_000, 10], [-21_600_000, 10])).toBeUndefined();
  });

  it('is looked at anew after ten minutes, though by a slower answer', () => {
    const drift = new ClockDrift(defaultTiming.readiness);
    answer(drift, 31_500, 0);
    expect(drift.findings()).toHaveLength(1);
    answer(drift, 29_000, 5_000, {}, at + 11 * 60_000);
    expect(drift.findings()).toEqual([]);
  });

  it.each([
    ['came from a cache on the way', { age: '3600' }],
    ['has no date', { date: undefined }],
    ['has a date that is none', { date: 'yesterday' }],
    ['has a date that is a number', { date: '1' }],
  ])('is not seen in an answer that %s', (_, headers) => {
    expect(findingAfter([3_600_000, 0, headers])).toBeUndefined();
  });

  it('is not seen in an answer that came before it was asked for: the clock was set meanwhile', () => {
    expect(findingAfter([3_600_000, -10])).toBeUndefined();
  });
});

describe('pass.readiness()', () => {
  it.each([
    [60_000, 'warning'],
    [-60_000, 'warning'],
    [3_600_000, 'error'],
  ])('tells that the clock is %i ms off, by the answers that it gets anyway', async (offsetMs, level) => {
    await using harness = await createHarness();
    const pass = harness.createPass({}, { clock: new AdjustableClock(offsetMs) });
    expect((await pass.readiness()).findings).toEqual([]);
    expect(harness.simulator.ledger.count()).toBe(0);
    await pass.client(deviceNumber(1)).accessToken();
    expect((await pass.readiness()).findings).toMatchObject([{ level, code: 'clock_drift' }]);
  });

  it('finds nothing while simulated time passes', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const pass = harness.createPass();
    for (let hours = 0; hours < 48; hours += 7) {
      await pass.client(deviceNumber(1)).profiles.all();
      expect((await pass.readiness()).findings).toEqual([]);
      harness.advance(7 * hourMs);
    }
  });

  it('finds nothing either where simulated time reaches this process a moment later', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const pass = harness.createPass();
    await pass.client(deviceNumber(1)).profiles.all();
    harness.simulator.clock.advance(7 * hourMs);
    await pass.client(deviceNumber(2)).profiles.all();
    expect((await pass.readiness()).findings).toEqual([]);
    harness.clock.advance(7 * hourMs);
    await pass.client(deviceNumber(1)).profiles.all();
    expect((await pass.readiness()).findings).toEqual([]);
  });
});
