import { expect, it, vi } from 'vitest';
import { initialState } from '../../src/registration/state.js';
import { DeviceRun, type RunHost } from '../../src/session/DeviceRun.js';
import { timingForTests } from '../../src/testing.js';
import { ManualClock } from '../time/ManualClock.js';

it('work that began with the answer to a call with an older token ends at once: nothing stays behind', () => {
  const ended = vi.fn<RunHost['ended']>();
  // It reaches for nothing else.
  const host = { clock: new ManualClock(), timing: timingForTests.calls, ended } as unknown as RunHost;
  const run = new DeviceRun('device', 'tag', initialState(0).known, null, 0, host);
  run.saw('signInSeen', 'an older token');
  expect(ended).toHaveBeenCalledExactlyOnceWith(run);
});
