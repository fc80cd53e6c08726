import { describe, expect, it } from 'vitest';
import { LeaseBook } from '../../src/stage/LeaseBook.js';

const key = 'pass-dcr:lo:tv:{device}:l';

function expiriesAfter(
  ...commands: readonly (readonly [atMs: number, ...args: string[]])[]
): LeaseBook['expiries'] {
  const book = new LeaseBook();
  for (const [atMs, ...args] of commands) book.hear({ time: String(atMs / 1_000), args, source: 'lua' });
  return book.expiries;
}

describe('leases, as MONITOR shows them', () => {
  it('one that is followed after its time has expired', () => {
    const found = expiriesAfter(
      [1_000, 'set', key, 'one', 'PX', '500'],
      [1_600, 'SET', key, 'two', 'px', '500'],
    );
    expect(found).toEqual([{ key, at: 1_600, lifeMs: 500 }]);
  });

  it('one that was given back, or extended, has not', () => {
    expect(
      expiriesAfter(
        [1_000, 'set', key, 'one', 'PX', '500'],
        [1_400, 'set', key, 'one', 'PX', '500'],
        [1_800, 'del', key],
        [9_000, 'set', key, 'two', 'PX', '500'],
      ),
    ).toEqual([]);
  });

  it('other records are not leases', () => {
    const token = key.replace(/l$/, 't');
    expect(
      expiriesAfter([1_000, 'set', token, 'a', 'PX', '1'], [2_000, 'set', token, 'b', 'PX', '1']),
    ).toEqual([]);
  });
});
