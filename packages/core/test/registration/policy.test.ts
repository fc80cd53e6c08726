import { describe, expect, it } from 'vitest';
import { backoffMs, pollMs } from '../../src/registration/policy.js';
import { defaultPolicy } from './defaultPolicy.js';

describe('the back-off after failures in a row', () => {
  it.each([
    [0, 1_000],
    [1, 2_000],
    [2, 4_000],
    [4, 16_000],
    [5, 30_000],
    [10_000, 30_000],
  ])('doubles from a second up to half a minute: after %i, %i ms', (failures, delayMs) => {
    expect(backoffMs(failures, 0, defaultPolicy)).toBe(delayMs);
  });

  it('is up to a quarter longer, so that the devices of a server do not all return at once', () => {
    expect(backoffMs(0, 0.5, defaultPolicy)).toBe(1_125);
    expect(backoffMs(5, 1, defaultPolicy)).toBe(37_500);
  });

  it('is whole milliseconds', () => {
    expect(backoffMs(0, 1 / 3, defaultPolicy)).toBe(1_083);
  });
});

describe('looking again whether another process has finished', () => {
  it.each([
    [0, 40],
    [1, 60],
    [2, 90],
    [5, 304],
    [6, 400],
    [10_000, 400],
  ])('becomes rarer, down to once in 0.4 s: after %i looks, %i ms', (polls, delayMs) => {
    expect(pollMs(polls, 0.5, defaultPolicy)).toBe(delayMs);
  });

  it('comes up to a quarter earlier or later, by device', () => {
    expect(pollMs(0, 0, defaultPolicy)).toBe(30);
    expect(pollMs(0, 1, defaultPolicy)).toBe(50);
  });
});

it('a lease outlasts the longest call to Adobe Pass', () => {
  expect(defaultPolicy.leaseMs).toBeGreaterThan(defaultPolicy.upstreamTimeoutMs);
});
