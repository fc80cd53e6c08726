import { describe, expect, it } from 'vitest';
import { createKeyNames } from '../../src/cache/keyNames.js';
import { createSealer } from '../../src/cache/sealing.js';
import { RecentDistinctCount } from '../../src/replacement/DistinctCount.js';
import { totalsOf, withCounts, type ProcessCounts } from '../../src/replacement/FleetCounts.js';
import { defaultTiming } from '../../src/timing.js';
import { times } from '../session/harness.js';

const kept = defaultTiming.replacement;
const secret = 'a secret of at least thirty-two characters';
const names = createKeyNames({ environment: 'local', application: 'tv', nameSecret: secret });
const tagOf = (n: number): string => names.deviceTag(Buffer.from(`device ${n}`));
const now = 1_800_000_000_000;
const seconds = now / 1_000;

describe('how many devices were served', () => {
  it.each([0, 1, 5, 100, 2_500, 10_000])('is counted nearly exactly: %i', (count) => {
    const counted = new RecentDistinctCount(1_000, 0);
    for (let n = 0; n < count; n += 1) {
      const tag = tagOf(n);
      counted.add(tag, 0);
      counted.add(tag, 500);
    }
    const estimate = counted.count(1_000);
    expect(Math.abs(estimate - count)).toBeLessThanOrEqual(count * 0.08);
  });

  it('is forgotten after one to two periods', () => {
    const counted = new RecentDistinctCount(1_000, 0);
    counted.add(tagOf(1), 999);
    counted.add(tagOf(2), 1_000);
    expect([1_999, 2_000, 2_999, 3_000].map((at) => counted.count(at))).toEqual([2, 1, 1, 0]);
    counted.add(tagOf(3), 9_000);
    expect(counted.count(9_500)).toBe(1);
  });
});

describe('what the processes say of themselves', () => {
  const one = (process: string, ageSeconds: number, asked: number, served: number): ProcessCounts => ({
    process,
    at: seconds - ageSeconds,
    asked,
    served,
  });

  it('adds up, as long as it is fresh', () => {
    const all = [one('a', 0, 10, 100), one('b', 90, 20, 300), one('c', 300, 40, 200), one('d', 700, 80, 900)];
    expect(totalsOf(all, now, kept)).toEqual({ asked: 30, served: 600, servedByOne: 300 });
  });

  it('is no word of today where a clock is far ahead', () => {
    expect(totalsOf([one('a', -601, 10, 100)], now, kept)).toEqual({ asked: 0, served: 0, servedByOne: 0 });
  });

  it('is said once by each process, and bounded: whoever was heard of last stays', () => {
    const all = times(300, (n) => one(`p${n}`, n, 1, 1));
    const counts = withCounts(all, one('p3', 0, 7, 7), now, kept);
    expect(counts).toHaveLength(200);
    expect(counts.filter(({ process }) => process === 'p3')).toEqual([one('p3', 0, 7, 7)]);
    expect(counts.at(-1)?.process).toBe('p199');
    const rows = counts.map(({ at }) => ['1z141z3', at, 99_999, 250_000]);
    expect(createSealer([secret]).seal('key', Buffer.from(JSON.stringify(rows))).length).toBeLessThan(
      16 * 1_024,
    );
  });
});
