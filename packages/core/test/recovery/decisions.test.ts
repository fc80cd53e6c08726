import { describe, expect, it } from 'vitest';
import { slotOfTag } from '../../src/cache/clusterSlot.js';
import { signOf } from '../../src/recovery/KeySpaceWatch.js';
import { Neighbours } from '../../src/recovery/Neighbours.js';
import { freshPace, isStopped, nextPace, type Pace } from '../../src/recovery/pace.js';
import { around, everyRange, fromHex, rangeOf, toHex } from '../../src/recovery/ranges.js';
import { noRound, withLoss, withTold } from '../../src/recovery/round.js';
import { defaultTiming } from '../../src/timing.js';

const timing = defaultTiming.recovery;

describe('the ranges of slots', () => {
  it.each([
    ['123456789', 12_739],
    ['foo', 12_182],
    ['', 0],
  ])('are those of a Redis Cluster: %s is in slot %i', (tag, slot) => {
    expect(slotOfTag(tag)).toBe(slot);
    expect(rangeOf(tag)).toBe(Math.floor(slot / 256));
  });

  it('end at both ends', () => {
    expect(around(0)).toEqual([0, 1]);
    expect(around(63)).toEqual([62, 63]);
    expect(around(7)).toEqual([6, 7, 8]);
  });

  it('are written down in sixteen digits', () => {
    for (const ranges of [[], [0], [63], [3, 4, 40], everyRange])
      expect([...fromHex(toHex(ranges))]).toEqual(ranges);
    for (const damaged of [undefined, '', 'x'.repeat(16), 7, '0'.repeat(17)])
      expect(fromHex(damaged).size).toBe(0);
  });
});

describe('the neighbours of a range', () => {
  it('are the oldest pair and the one changed last', () => {
    const neighbours = new Neighbours();
    neighbours.knows(3, 'middle', { registeredAt: 20, changedAt: 20 });
    neighbours.knows(3, 'old', { registeredAt: 10, changedAt: 10 });
    neighbours.knows(3, 'late', { registeredAt: 30, changedAt: 30 });
    expect(neighbours.of(3)).toEqual(['old', 'late']);
    expect(neighbours.all()).toEqual(['old', 'late']);
    expect(neighbours.of(4)).toEqual([]);
  });

  it('are changed last where this process changed them, though its clock was set back', () => {
    const neighbours = new Neighbours();
    neighbours.changed(3, 'one', 1_000);
    neighbours.changed(3, 'other', 10);
    neighbours.knows(3, 'adopted', { registeredAt: 5, changedAt: 5 });
    expect(neighbours.of(3)).toEqual(['adopted', 'other']);
  });

  it('make room for others when they are no longer known', () => {
    const neighbours = new Neighbours();
    neighbours.knows(3, 'old', { registeredAt: 10, changedAt: 10 });
    neighbours.forget(3, 'old');
    expect(neighbours.of(3)).toEqual([]);
    neighbours.knows(3, 'young', { registeredAt: 30, changedAt: 30 });
    expect(neighbours.of(3)).toEqual(['young']);
  });

  it('are the device whose pair was replaced by a younger one no longer, once an older is met', () => {
    const neighbours = new Neighbours();
    neighbours.knows(3, 'one', { registeredAt: 10, changedAt: 10 });
    neighbours.knows(3, 'one', { registeredAt: 90, changedAt: 90 });
    neighbours.knows(3, 'other', { registeredAt: 50, changedAt: 50 });
    expect(neighbours.oldestOf(3)).toBe('other');
  });
});

describe('a loss', () => {
  it('has all pairs of its range and of those beside it looked for', () => {
    const { round, look } = withLoss(noRound, 7, true);
    expect(look).toEqual([6, 7, 8]);
    expect([...round.lost]).toEqual([7]);
  });

  it('that is found because of another has only those looked for that were not', () => {
    const first = withLoss(noRound, 7, true);
    expect(withLoss(first.round, 7, false).look).toEqual([]);
    expect(withLoss(first.round, 8, false).look).toEqual([9]);
  });

  it('that is new has all looked for again: what was back may be lost again', () => {
    const first = withLoss(noRound, 7, true);
    expect(withLoss(first.round, 7, true).look).toEqual([6, 7, 8]);
  });

  it('of which another process tells has those looked for that were not', () => {
    const { round } = withLoss(noRound, 7, true);
    expect(withTold(round, new Set([8, 20])).look).toEqual([9, 19, 20, 21]);
  });
});

describe('a look at the key space', () => {
  const sight = { lostIn: null, tick: 1 };
  it.each([
    ['lost', true, false, 'changed'],
    ['old', true, true, 'changed'],
    ['absent', true, false, 'changed'],
    ['absent', true, true, 'none'],
    ['absent', false, false, 'none'],
    ['intact', true, false, 'none'],
  ] as const)('that finds it %s (devices known: %s, restoring: %s): %s', (found, knows, restoring, kind) => {
    expect(signOf({ ...sight, found }, knows, restoring).kind).toBe(kind);
  });

  it('says where another process has lost all', () => {
    const sign = signOf({ ...sight, found: 'intact', lostIn: toHex([4]) }, true, false);
    expect(sign).toEqual({ kind: 'told', wiped: new Set([4]) });
  });
});

describe('the pace of looks', () => {
  const answered = (pace: Pace, tookMs: number, now: number): Pace =>
    nextPace(pace, { type: 'answered', tookMs, now }, timing);
  const fast = (pace: Pace, count: number): Pace =>
    Array.from({ length: count }).reduce<Pace>((each) => answered(each, 2, 0), pace);

  it('begins with eight, and grows while the cache answers as usual', () => {
    expect(freshPace(timing).atOnce).toBe(8);
    expect(Math.floor(fast(freshPace(timing), 9).atOnce)).toBe(9);
    expect(fast(freshPace(timing), 100_000).atOnce).toBe(256);
  });

  it('is halved when answers take more than twice the usual, once for those on their way', () => {
    const quick = fast(freshPace(timing), 100_000);
    const slowed = answered(quick, 5, 1_000);
    expect(slowed.atOnce).toBe(128);
    expect(answered(slowed, 5, 1_004).atOnce).toBe(128);
    expect(answered(slowed, 5, 1_005).atOnce).toBe(64);
  });

  it('never falls below eight', () => {
    let pace = answered(freshPace(timing), 2, 0);
    for (let now = 0; now < 100_000; now += 1_000) pace = answered(pace, 500, now);
    expect(pace.atOnce).toBe(8);
  });

  it('stops once none of those on their way was answered, eight at least, and goes on after one that was', () => {
    let pace = freshPace(timing);
    for (let failure = 0; failure < 8; failure += 1) {
      expect(isStopped(pace, 3, timing)).toBe(false);
      pace = nextPace(pace, { type: 'failed' }, timing);
    }
    expect(isStopped(pace, 3, timing)).toBe(true);
    expect(isStopped(pace, 9, timing)).toBe(false);
    expect(isStopped(answered(pace, 900, 0), 3, timing)).toBe(false);
  });

  it('takes a cache that has become slower as it is, in time', () => {
    const quick = answered(freshPace(timing), 2, 0);
    let slow = quick;
    for (let minute = 0; minute < 20; minute += 1) slow = nextPace(slow, { type: 'begun' }, timing);
    expect(slow.usualMs).toBeGreaterThan(6);
  });
});
