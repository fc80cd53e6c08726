import { expect, it } from 'vitest';
import type { PassOptions } from '../../src/options.js';
import { createHarness, deviceNumber } from './harness.js';

it('a dispatcher of undici 6 is told at the first use, without a repetition, to who registers and who only calls', async () => {
  await using harness = await createHarness();
  let dispatched = 0;
  const dispatcher = {
    dispatch() {
      dispatched += 1;
      throw Object.assign(new Error('invalid onError method'), { code: 'UND_ERR_INVALID_ARG' });
    },
  } as unknown as PassOptions['dispatcher'];
  await harness.createPass().authenticate(deviceNumber(1));
  const pass = harness.createPass({ dispatcher });
  const startedAt = performance.now();
  for (const number of [1, 2]) {
    const told = pass.client(deviceNumber(number)).profiles.all();
    await expect(told).rejects.toMatchObject({
      code: 'option_invalid',
      message: expect.stringContaining('undici 7 or later') as string,
    });
  }
  expect(dispatched).toBe(2);
  expect(performance.now() - startedAt).toBeLessThan(900);
});
