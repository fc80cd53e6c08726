import { describe, expect, inject, it } from 'vitest';
import { situationsOf } from '../proofs/hours/run.js';

const everything = inject('everything');
/** Hours that pass within a fraction of a second; the others are lived through with everything. */
const quick = new Set([
  ...['usable-token', 'one-dead', 'two-pairs', 'probes', 'other-adobe'],
  ...['second-loss', 'one-shard', 'stale-backup', 'unstorable-pair', 'ended-in-recovery'],
]);
/** All of it is work, and on a busy machine that is slow. */
const timeout = 120_000;

const all = situationsOf('short');
it('has each of the quick hours', () => {
  const names = new Set(all.map(({ name }) => name));
  expect([...quick].filter((name) => !names.has(name))).toEqual([]);
});

const situations = all.filter(({ name }) => everything || quick.has(name));
for (const { name, situation, mustBe, hours, controls } of situations) {
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
