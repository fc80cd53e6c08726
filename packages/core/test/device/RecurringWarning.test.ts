import { expect, it } from 'vitest';
import { RecurringWarning } from '../../src/device/RecurringWarning.js';
import { recordEvents } from '../session/harness.js';
import { ManualClock } from '../time/ManualClock.js';

it('each kind is told at once, and then once in a while, with how often it was met', () => {
  const clock = new ManualClock();
  const warning = new RecurringWarning('device_info_malformed', 60_000, clock);
  using recording = recordEvents();
  const told = (): unknown =>
    recording.of('warning').map(({ code, message, count }) => [code, message.split(': ').at(-1), count]);
  for (let times = 0; times < 500; times += 1) warning.meet('no Base64');
  warning.meet('empty');
  const first = [
    ['device_info_malformed', 'no Base64.', 1],
    ['device_info_malformed', 'empty.', 1],
  ];
  expect(told()).toEqual(first);
  clock.advance(59_999);
  warning.meet('no Base64');
  expect(told()).toEqual(first);
  clock.advance(1);
  warning.meet('no Base64');
  expect(told()).toEqual([...first, ['device_info_malformed', 'no Base64.', 501]]);
});

it('what nobody listened to is told, and counted, as soon as somebody does', () => {
  const warning = new RecurringWarning('device_info_malformed', 60_000, new ManualClock());
  warning.meet('empty');
  warning.meet('empty');
  using recording = recordEvents();
  warning.meet('empty');
  expect(recording.of('warning')).toMatchObject([{ count: 3 }]);
});
