import { checkHistory, recordHistory, type Operation } from '@pass-dcr/conformance';
import { memoryCache, type PassCache } from '@pass-dcr/core';
import { describe, expect, it } from 'vitest';

/** `npm run proofs` asks for 100 000. */
const asked = Number(process.env['HISTORY_OPERATIONS'] ?? 3_000);

const entry = (value: string) => ({ value, version: `v-${value}` });
const stored = (value: string, upon: string | null, calledAt: number, answeredAt: number): Operation => ({
  type: 'swap',
  key: 'k',
  calledAt,
  answeredAt,
  expected: upon === null ? null : `v-${upon}`,
  value,
  outcome: { type: 'stored', version: `v-${value}` },
});
const unknown = (value: string, upon: string | null, calledAt: number): Operation => ({
  type: 'swap',
  key: 'k',
  calledAt,
  answeredAt: null,
  expected: upon === null ? null : `v-${upon}`,
  value,
  outcome: { type: 'unknown' },
});
const read = (value: string | null, calledAt: number, answeredAt: number): Operation => ({
  type: 'read',
  key: 'k',
  calledAt,
  answeredAt,
  found: value === null ? null : entry(value),
});

const check = (done: readonly Operation[], last: string | null) =>
  checkHistory({ operations: done, last: new Map([['k', last === null ? null : entry(last)]]) });

describe('a history', () => {
  it.each<[string, readonly Operation[], string | null]>([
    ['one swap after the other', [stored('a', null, 0, 1), stored('b', 'a', 2, 3), read('b', 4, 5)], 'b'],
    ['a read beside a swap sees it', [stored('a', null, 0, 10), read('a', 1, 2)], 'a'],
    ['a read beside a swap does not see it yet', [stored('a', null, 0, 10), read(null, 1, 2)], 'a'],
    [
      'what was never answered happened',
      [unknown('a', null, 0), read('a', 5, 6), stored('b', 'a', 7, 8)],
      'b',
    ],
    ['what was never answered did not happen', [unknown('a', null, 0), stored('b', null, 7, 8)], 'b'],
    [
      'what was never answered happened late',
      [unknown('a', null, 0), read(null, 5, 6), read('a', 7, 8)],
      'a',
    ],
  ])('of a register: %s', (_name, operations, last) => {
    expect(check(operations, last)).toMatchObject({ lost: 0, violations: [] });
  });

  it.each<[string, readonly Operation[], string | null, number, RegExp]>([
    ['a swap is gone', [stored('a', null, 0, 1)], null, 1, /1 swaps .* are lost/],
    [
      'two swaps stand upon the same',
      [stored('a', null, 0, 1), stored('b', null, 2, 3)],
      'b',
      1,
      /1 swaps .* are lost/,
    ],
    [
      'a read sees what was before',
      [stored('a', null, 0, 1), stored('b', 'a', 2, 3), read('a', 4, 5)],
      'b',
      0,
      /was seen 1\.0 ms after a later one/,
    ],
    [
      'a read sees what comes after',
      [stored('a', null, 4, 5), read('a', 0, 1)],
      'a',
      0,
      /before its own swap was called/,
    ],
    [
      'a new state was seen, then the old one',
      [stored('a', null, 0, 20), read('a', 2, 3), read(null, 4, 5)],
      'a',
      0,
      /after a later one/,
    ],
    ['a value that nobody wrote', [stored('a', null, 0, 1), read('x', 2, 3)], 'a', 0, /which nobody wrote/],
  ])('of none: %s', (_name, operations, last, lost, violation) => {
    const report = check(operations, last);
    expect(report.lost).toBe(lost);
    expect(report.violations.join('\n')).toMatch(violation);
  });
});

describe('the history of a cache', () => {
  it('in memory is that of a register', async () => {
    const cache = memoryCache();
    const history = await recordHistory({ caches: [cache, cache, cache], operations: asked });
    const report = checkHistory(history);
    expect(report).toMatchObject({ unknown: 0, lost: 0, violations: [] });
    expect(report.operations).toBe(asked);
    expect(report.stored).toBeGreaterThan(300);
  });

  it('that reads first and writes then is found out', async () => {
    const cache = memoryCache();
    const looksFirst: PassCache = {
      ...cache,
      async swap(key, expected, next) {
        const [current = null] = await cache.read([key], { strong: true });
        if ((current?.version ?? null) !== expected) return { ok: false, current };
        await new Promise((resolve) => setImmediate(resolve));
        const [now = null] = await cache.read([key]);
        return await cache.swap(key, now?.version ?? null, next);
      },
    };
    const history = await recordHistory({ caches: [looksFirst, looksFirst], operations: 1_000 });
    const report = checkHistory(history);
    expect(report.lost).toBeGreaterThan(0);
    expect(report.violations.length).toBeGreaterThan(0);
  });

  it('that reads from a copy which lags is found out', async () => {
    const cache = memoryCache();
    const seen = new Map<
      string,
      { readonly at: number; readonly answer: Awaited<ReturnType<PassCache['read']>> }
    >();
    const lagging: PassCache = {
      ...cache,
      async read(keys) {
        const [key = ''] = keys;
        const known = seen.get(key);
        if (known !== undefined && performance.now() - known.at < 20) return known.answer;
        const answer = await cache.read(keys);
        seen.set(key, { at: performance.now(), answer });
        return answer;
      },
    };
    const history = await recordHistory({ caches: [cache, lagging], operations: 2_000 });
    expect(checkHistory(history).violations.join('\n')).toMatch(/after a later one/);
  });
});
