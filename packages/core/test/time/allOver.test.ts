import { expect, it } from 'vitest';
import { allOver } from '../../src/time/allOver.js';

it('what is done together is over before the first failure of it is told', async () => {
  let isOver = false;
  const slow = (async () => {
    await Promise.resolve();
    await Promise.resolve();
    isOver = true;
    return 'done';
  })();
  await expect(allOver([slow, Promise.reject(new Error('first'))])).rejects.toThrow('first');
  expect(isOver).toBe(true);
});

it('what is done together brings what each has brought, in their order', async () => {
  expect(await allOver([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
});
