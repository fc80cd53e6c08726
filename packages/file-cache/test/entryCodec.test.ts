import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeEntry, isExpired, stampEntry } from '../src/entryCodec.js';

const written = 1_800_000_000_000;

describe('an entry', () => {
  it.each([null, 1, 300, 86_400_000])('is read as it was written, with a life of %s ms', (ttlMs) => {
    const entry = stampEntry({ value: 'a.b+c', ttlMs }, written);
    expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
  });

  it.each([
    ['at the end of its life', 300, true],
    ['before', 299, false],
    ['at the instant at which it was written', 0, false],
    [
      'when the clock steps back by an hour: nobody waits an hour for the lease of a dead process',
      -3_600_000,
      true,
    ],
    ['when the clock steps forward', 3_600_000, true],
  ])('is over or not %s', (_when, afterMs, over) => {
    const entry = decodeEntry(encodeEntry(stampEntry({ value: 'lease', ttlMs: 300 }, written)));
    expect(isExpired(entry, written + afterMs)).toBe(over);
  });

  it('without an end is never over', () => {
    expect(isExpired(stampEntry({ value: 'credentials', ttlMs: null }, written), 0)).toBe(false);
  });

  it('of before lives were stored ends at its instant alone', () => {
    const entry = decodeEntry(Buffer.from(`0123456789abcdef${written}.token`));
    expect(entry).toMatchObject({ value: 'token', expiry: { at: written, forMs: null } });
    expect([written - 1e9, written].map((now) => isExpired(entry, now))).toEqual([false, true]);
  });

  it.each([
    '',
    'short',
    '0123456789abcdefnumber.value',
    '0123456789abcdef12+.value',
    '0123456789abcdef+5.value',
  ])('that no version wrote is refused: %j', (text) => {
    expect(() => decodeEntry(Buffer.from(text))).toThrow('has no readable head');
  });
});
