import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Doubts } from '../../src/recovery/Doubts.js';
import { systemClock } from '../../src/time/clock.js';
import { defaultTiming } from '../../src/timing.js';

it('a look at neighbours is over only when each of them is answered, though one look failed', async () => {
  const doubts = new Doubts({
    clock: systemClock,
    timing: defaultTiming.recovery,
    isGivenUp: () => false,
  });
  let answer = (_isThere: boolean): void => undefined;
  const late = new Promise<boolean>((resolve) => {
    answer = resolve;
  });
  let end: unknown = 'none';
  const looked = doubts
    .lookAt(7, ['one', 'other'], {
      isThere: async (key) => {
        if (key === 'one') throw new Error('the connection broke');
        return await late;
      },
    })
    .catch((error: unknown) => {
      end = error;
    });
  await setImmediate();
  expect(end).toBe('none');
  answer(true);
  await looked;
  expect(end).toEqual(new Error('the connection broke'));
});
