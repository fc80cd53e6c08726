import { describe, expect, it } from 'vitest';
import {
  asOf,
  firstConcurrency,
  nextLimit,
  queueLength,
  queueMs,
  type Answered,
  type Concurrency,
} from '../../src/admission/concurrency.js';

const bounds = { first: 64, least: 8, most: 448 };
const failed = (now: number): Answered => ({ kind: 'failed', now });
const served = (now: number, latencyMs = 1_000, areWaiting = true): Answered => ({
  kind: 'served',
  now,
  latencyMs,
  areWaiting,
});

/** As many answers at once as there are places. */
function round(state: Concurrency, now: number, latencyMs = 1_000): Concurrency {
  let next = state;
  for (let place = Math.floor(state.limit); place > 0; place -= 1)
    next = nextLimit(next, served(now, latencyMs), bounds);
  return next;
}

const begun = firstConcurrency(bounds.first);

describe('the number of register calls on the wire', () => {
  it('doubles in the time that a call takes while devices wait, up to its bound', () => {
    let state = begun;
    const limits = [1, 2, 3, 4].map((second) => (state = round(state, second * 1_000)).limit);
    expect(limits).toEqual([128, 256, 448, 448]);
  });

  it('stays as it is while nobody waits, and by answers that say nothing of what Adobe Pass can bear', () => {
    expect(nextLimit(begun, served(1, 1_000, false), bounds).limit).toBe(64);
    expect(nextLimit(begun, { kind: 'refused', now: 1, latencyMs: 1_000 }, bounds).limit).toBe(64);
  });

  it('is halved by a failure once per latency, and then grows by one per latency', () => {
    const grown = round(begun, 1_000);
    const halved = nextLimit(grown, failed(2_000), bounds);
    expect(halved.limit).toBe(64);
    expect(nextLimit(halved, failed(2_999), bounds).limit).toBe(64);
    expect(nextLimit(halved, failed(3_000), bounds).limit).toBe(32);
    expect(Math.round(round(halved, 3_000).limit)).toBe(65);
  });

  it('never falls below what shows that the trouble is over', () => {
    let state = begun;
    for (let second = 1; second < 20; second += 1) state = nextLimit(state, failed(second * 1_000), bounds);
    expect(state.limit).toBe(8);
  });

  it('is halved once where answers take more than twice as long as the best of the last minute, not by one slow answer', () => {
    const known = round(begun, 1_000, 300);
    expect(nextLimit(known, served(1_500, 2_000), bounds).limit).toBeGreaterThanOrEqual(128);
    const slow = round(known, 2_000, 1_000);
    expect(slow.isDoubling).toBe(false);
    expect(slow.limit).toBeLessThan(0.6 * known.limit);
    // That half as many calls changed nothing shows that they are not to blame.
    expect(round(slow, 3_000, 1_000).limit).toBeGreaterThan(slow.limit);
  });

  it('begins anew a minute after the last trouble', () => {
    const halved = nextLimit(nextLimit(begun, failed(1_000), bounds), failed(9_000), bounds);
    expect(asOf(halved, 68_999, bounds)).toBe(halved);
    expect(asOf(halved, 69_000, bounds)).toMatchObject({ limit: 64, isDoubling: true });
  });
});

describe('the queue for them', () => {
  it('is as long as can be served within the deadline, of which two calls are left', () => {
    const steady = { ...begun, limit: 448, isDoubling: false, latencyMs: 2_500 };
    expect(queueLength(steady, 15_000)).toBe(1_792);
    expect(queueLength({ ...steady, latencyMs: 7_500 }, 15_000)).toBe(0);
    // It doubles in one latency.
    expect(queueLength({ ...begun, latencyMs: 2_500 }, 15_000)).toBe(512);
  });

  it('says how long it takes', () => {
    expect(queueMs({ ...begun, latencyMs: 500 }, 640)).toBe(5_000);
    expect(queueMs(begun, 64)).toBe(1_000);
  });
});
