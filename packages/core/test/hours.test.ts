import { describe, expect, inject, it } from 'vitest';
import { situationsOf } from '../proofs/hours/run.js';

/** What takes longest shows no more than another form of the same. */
const everything = inject('everything');
/** All of it is work, and on a busy machine that is slow. */
const timeout = 120_000;

for (const { name, situation, mustBe, hours, controls } of situationsOf('short')) {
  const short = hours.filter(({ isLong }) => isLong !== true);
  describe(`${name}: ${situation}`, () => {
    for (const { form, run } of everything ? short : short.slice(-1)) {
      it(`${mustBe}${form === '' ? '' : ` (${form})`}`, { timeout }, async () => {
        const { wrong } = await run({});
        expect(wrong).toEqual([]);
      });
    }
    for (const { off, run } of everything ? controls : []) {
      it(`is seen to go wrong where ${off}`, { timeout }, async () => {
        const { wrong } = await run();
        expect(wrong).not.toEqual([]);
      });
    }
  });
}
