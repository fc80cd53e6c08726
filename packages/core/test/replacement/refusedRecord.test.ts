import { describe, expect, it } from 'vitest';
import { createKeyNames } from '../../src/cache/keyNames.js';
import { createSealer } from '../../src/cache/sealing.js';
import {
  recordNumberOf,
  refusedRecordIn,
  shortTag,
  storedRefusedRecord,
  summaryOf,
  withWords,
  type RefusedRecord,
  type Word,
} from '../../src/replacement/refusedRecord.js';
import { defaultTiming } from '../../src/timing.js';
import { times } from '../session/harness.js';

const rules = defaultTiming.replacement;
const secret = 'a secret of at least thirty-two characters';
const names = createKeyNames({ environment: 'local', application: 'tv', nameSecret: secret });
const tags = times(4_096, (n) => names.deviceTag(Buffer.from(`device ${n}`)));
const start = 1_800_000_000_000;
const minuteMs = 60_000;
const nothing: RefusedRecord = { devices: [], rest: 0, restAt: 0 };

const said = (words: Readonly<Record<string, Word>>, at: number, before = nothing): RefusedRecord =>
  withWords(before, new Map(Object.entries(words)), at, rules);

describe('what the fleet notes of refused pairs', () => {
  it('counts a device once, from its first refusal, for ten minutes after its last', () => {
    const first = said({ a: 'refused' }, start);
    const again = said({ a: 'refused' }, start + 5 * minuteMs, first);
    expect(summaryOf(again, start + 5 * minuteMs, rules)).toEqual({ newly: 0, refused: 1, devices: ['a'] });
    expect(summaryOf(again, start + 14 * minuteMs, rules)).toMatchObject({ refused: 1 });
    expect(summaryOf(again, start + 15 * minuteMs, rules)).toEqual({ newly: 0, refused: 0, devices: [] });
  });

  it('forgets one that was served, but for the minute in which its refusal was news', () => {
    const served = said({ a: 'served' }, start + 1_000, said({ a: 'refused' }, start));
    expect(summaryOf(served, start + 2_000, rules)).toEqual({ newly: 1, refused: 0, devices: [] });
    expect(summaryOf(served, start + minuteMs, rules)).toEqual({ newly: 0, refused: 0, devices: [] });
    expect(said({}, start + minuteMs, served)).toEqual(nothing);
  });

  it('counts one as newly refused that was refused again a minute after it was served', () => {
    const served = said({ a: 'served' }, start + 1_000, said({ a: 'refused' }, start));
    const soon = said({ a: 'refused' }, start + 2_000, served);
    expect(soon.devices).toEqual([
      { device: 'a', firstAt: start / 1_000, lastAt: start / 1_000 + 2, isServed: false },
    ]);
    const later = said({ a: 'refused' }, start + minuteMs, served);
    expect(summaryOf(later, start + minuteMs, rules)).toEqual({ newly: 1, refused: 1, devices: ['a'] });
  });

  it('has nothing to say of one that was served and had not been refused', () => {
    expect(said({ a: 'served' }, start)).toEqual(nothing);
  });

  it('takes what a clock far ahead has written for over', () => {
    const ahead = said({ a: 'refused' }, start + 11 * minuteMs);
    expect(summaryOf(ahead, start, rules)).toMatchObject({ refused: 0 });
  });

  it('fits into a cache however many are refused, and counts those that it has no room for', () => {
    const all = Object.fromEntries(tags.slice(0, 1_000).map((tag) => [shortTag(tag), 'refused'] as const));
    const record = said(all, start);
    expect(summaryOf(record, start, rules)).toMatchObject({ newly: 1_000, refused: 1_000 });
    expect(record.devices).toHaveLength(256);
    const sealed = createSealer([secret]).seal(
      'key',
      Buffer.from(JSON.stringify(storedRefusedRecord(record))),
    );
    expect(sealed.length).toBeLessThan(16 * 1_024);
    expect(refusedRecordIn(JSON.parse(JSON.stringify(storedRefusedRecord(record))))).toEqual(record);
    expect(summaryOf(record, start + 10 * minuteMs, rules)).toMatchObject({ refused: 0 });
  });

  it.each([
    undefined,
    null,
    3,
    [],
    {},
    { d: 3 },
    { d: [3, [], ['a'], ['a', 'b', 1, 0], [1, 1, 1, 0]], r: ['x', 1] },
  ])('is nothing where it is %j', (value) => {
    expect(refusedRecordIn(value)).toEqual(nothing);
  });

  it('is spread evenly over sixteen records', () => {
    const counts = times(16, (number) => tags.filter((tag) => recordNumberOf(tag) === number).length);
    expect(Math.min(...counts)).toBeGreaterThan(190);
    expect(Math.max(...counts)).toBeLessThan(330);
    expect(counts.reduce((sum, count) => sum + count)).toBe(tags.length);
  });
});
