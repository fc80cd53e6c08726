import { describe, expect, it } from 'vitest';
import {
  byOwnClock,
  dueAfter,
  firstRejection,
  probing,
  rejectedAgain,
  statementToStored,
  storedToStatement,
  waitMs,
} from '../../src/admission/statementRecord.js';
import { defaultTiming } from '../../src/timing.js';

const timing = defaultTiming.admission;
const now = 1_800_000_000_000;
const code = 'invalid_software_statement';

describe('a rejection', () => {
  it('of a statement that worked is believed with the third, each tried a second after the last', () => {
    const first = firstRejection(code, true, now, timing);
    expect(first).toEqual({
      rejections: 1,
      isConfirmed: false,
      adobeCode: code,
      until: now + 1_000,
      forMs: 1_000,
    });
    const second = rejectedAgain(first, code, now + 1_200, timing);
    expect(second).toMatchObject({ rejections: 2, isConfirmed: false, until: now + 2_200 });
    const third = rejectedAgain(second, code, now + 2_400, timing);
    expect(third).toMatchObject({ rejections: 3, isConfirmed: true, until: now + 17_400, forMs: 15_000 });
  });

  it('of a statement that never worked is believed at once', () => {
    expect(firstRejection(code, false, now, timing)).toMatchObject({
      isConfirmed: true,
      until: now + 15_000,
    });
  });

  it('keeps others away while it is tried: a lease, or the whole time once it is believed', () => {
    const doubted = firstRejection(code, true, now, timing);
    expect(probing(doubted, now + 1_000, timing)).toMatchObject({ until: now + 6_000, forMs: 5_000 });
    const believed = firstRejection(code, false, now, timing);
    const tried = probing(believed, now + 15_000, timing);
    expect(tried).toMatchObject({ until: now + 30_000 });
    // Counted from when it was tried, not from the answer.
    expect(rejectedAgain(tried, code, now + 17_000, timing)).toMatchObject({
      rejections: 2,
      until: now + 30_000,
    });
  });

  it('ends with its time, and with a clock that is set back', () => {
    const believed = firstRejection(code, false, now, timing);
    expect(
      [now, now + 14_999, now + 15_000, now - 1, now - 3_600_000].map((at) => waitMs(believed, at)),
    ).toEqual([15_000, 1, 0, 0, 0]);
    expect(waitMs(dueAfter(believed, 0, now), now)).toBe(0);
  });

  it('of a process whose clock is ahead lasts no longer than that process meant', () => {
    const ahead = firstRejection(code, false, now + 300_000, timing);
    expect(waitMs(byOwnClock(ahead, now), now)).toBe(15_000);
    const behind = firstRejection(code, false, now - 300_000, timing);
    expect(waitMs(byOwnClock(behind, now), now)).toBe(0);
  });
});

describe('the stored record of a statement', () => {
  it.each([
    { kind: 'accepted' } as const,
    { kind: 'rejected', rejection: firstRejection(code, true, now, timing) } as const,
    { kind: 'rejected', rejection: firstRejection(code, false, now, timing) } as const,
  ])('is read as it was written: $kind', (record) => {
    const stored: unknown = JSON.parse(JSON.stringify(statementToStored(record)));
    expect(storedToStatement(stored, timing)).toEqual(record);
  });

  it.each([
    null,
    'text',
    {},
    { a: false },
    // As an earlier version wrote it.
    { u: now + 300_000, e: code },
    { r: 1, f: true, e: code, u: now, d: -1 },
    { r: 1, f: true, e: code, u: now, d: 15_001 },
    { r: 1, f: true, e: 1, u: now, d: 1 },
    { r: '1', f: true, e: code, u: now, d: 1 },
    { r: 1, e: code, u: now, d: 1 },
    { r: 1, f: true, e: code, u: null, d: 1 },
  ])('says nothing if it is nothing that would be written: %j', (stored) => {
    expect(storedToStatement(stored, timing)).toBeNull();
  });
});
