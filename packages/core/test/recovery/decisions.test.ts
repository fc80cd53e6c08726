import { describe, expect, it } from 'vitest';
import { isLoss, withLoss } from '../../src/recovery/KeySpaceWatch.js';
import { nextTurn } from '../../src/recovery/PairChecks.js';
import { sample } from '../../src/recovery/sample.js';
import { times } from '../session/harness.js';

describe('a turn of checks', () => {
  const timing = { checksPerTick: 10, tickMs: 20, failurePauseMs: 1_000, checksPerDevice: 5 };

  it('is the last where nothing is queued', () => {
    expect(nextTurn({ queued: 0, pausedForMs: 0 }, timing)).toBeNull();
  });

  it('starts no more than its share', () => {
    expect(nextTurn({ queued: 11, pausedForMs: 0 }, timing)).toEqual({ checks: 10, againInMs: 20 });
    expect(nextTurn({ queued: 3, pausedForMs: -5 }, timing)).toEqual({ checks: 3, againInMs: 20 });
  });

  it('starts nothing in a pause, and comes again when that is over', () => {
    expect(nextTurn({ queued: 3, pausedForMs: 700 }, timing)).toEqual({ checks: 0, againInMs: 700 });
    expect(nextTurn({ queued: 3, pausedForMs: 7 }, timing)).toEqual({ checks: 0, againInMs: 20 });
  });
});

describe('a look at the key space', () => {
  it.each([
    ['lost', true, false, true],
    ['lost', false, true, true],
    ['absent', true, false, true],
    ['absent', true, true, false],
    ['absent', false, false, false],
    ['intact', true, false, false],
  ] as const)(
    'that finds it %s is a loss (devices known: %s, restoring: %s): %s',
    (found, knowsDevices, isRestoring, expected) => {
      expect(isLoss(found, { knowsDevices, isRestoring })).toBe(expected);
    },
  );
});

describe('losses', () => {
  it('count as long as they are recent', () => {
    const timing = { lossesAtOnce: 3, lossWindowMs: 100 };
    expect(withLoss([1, 50, 99], 150, timing)).toEqual([99, 150]);
    expect(withLoss([], 150, timing)).toEqual([150]);
  });
});

describe('a sample', () => {
  const keys = times(100, (index) => `key ${index}`);

  it('has its size, in order and without a key twice, wherever it begins', () => {
    for (const start of [0, 0.3, 0.999]) {
      const sampled = sample(keys, 32, () => start);
      expect(sampled).toHaveLength(32);
      expect(keys.filter((key) => sampled.includes(key))).toEqual(sampled);
    }
  });

  it('is everything where there is no more', () => {
    expect(sample(keys, 100, () => 0.5)).toEqual(keys);
  });
});
