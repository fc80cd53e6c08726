import { expect, it } from 'vitest';
import { timelyStatement } from '../../src/dcr/softwareStatement.js';
import { ManualClock } from '../time/ManualClock.js';

it('a software statement that does not come in ten seconds is no longer waited for', async () => {
  const clock = new ManualClock();
  const statement = timelyStatement(() => new Promise(() => undefined), clock)();
  const failed = statement.catch((error: unknown) => error);
  await Promise.resolve();
  clock.advance(10_000);
  expect(await failed).toMatchObject({ name: 'TimeoutError' });
  expect(clock.pendingTimers).toBe(0);
});
