import { describe, expect, it } from 'vitest';
import { forgottenIn, forgottenSince, withForgotten } from '../../src/cache/forgotten.js';

const none = { count: 0, tags: [] };
const three = ['a', 'b', 'c'].reduce(
  (all, tag) => withForgotten(all, tag, 2),
  none as ReturnType<typeof forgottenIn>,
);

describe('the devices that were forgotten', () => {
  it('are counted, and the last of them named', () => {
    expect(three).toEqual({ count: 3, tags: ['b', 'c'] });
  });

  it.each([
    [3, []],
    [2, ['c']],
    [1, ['b', 'c']],
    [0, 'many'],
  ] as const)('are those since so many were seen: %i', (seen, tags) => {
    expect(forgottenSince(three, seen)).toEqual(tags);
  });

  it('are all of them where the record was lost and made anew', () => {
    expect(forgottenSince({ count: 1, tags: ['z'] }, 9)).toEqual(['z']);
    expect(forgottenSince(none, 9)).toEqual([]);
  });

  it('are read from the record as they were written, and what is no tag is passed over', () => {
    expect(forgottenIn({ schema: 2, forgotten: three })).toEqual(three);
    expect(forgottenIn({ forgotten: { count: 2, tags: [1, 'a', null] } })).toEqual({ count: 2, tags: ['a'] });
    expect(forgottenIn({ forgotten: { count: 2, tags: {} } })).toEqual({ count: 2, tags: [] });
  });

  it.each([
    undefined,
    null,
    {},
    { forgotten: 3 },
    { forgotten: { count: '1', tags: 'b' } },
    { forgotten: { count: 1.5 } },
  ])('are none where the record says nothing of them: %j', (value) => {
    expect(forgottenIn(value)).toEqual(none);
  });
});
