import { expect, it } from 'vitest';
import { timeLeftMs } from '../../src/registration/timeLeft.js';

const hour = 3_600_000;

it.each([
  ['the clocks agree', 1_000, 400],
  ['the other clock is a little ahead', 1_200, 600],
  ['the other clock is an hour ahead: never longer than the whole time', 1_000 + hour, 1_000],
  ['the other clock is an hour behind', 1_000 - hour, 0],
  ['it is over', 600, 0],
])('what is left of a second that another process has set, where %s', (_, until, left) => {
  expect(timeLeftMs(until, 1_000, 600)).toBe(left);
});
