import { describe, expect, it } from 'vitest';
import { heldOffForMs, nextHoldOff, notHeldOff, type HoldOff } from '../../src/recovery/holdOff.js';
import { defaultTiming } from '../../src/timing.js';

const timing = {
  ...defaultTiming.recovery,
  heldOffAfterReconnectMs: 20,
  heldOffAsNewMs: 30,
  heldOffAfterLossMs: 100,
  extendHoldEveryMs: 40,
  holdRetryMs: 5,
};
const now = 1_000;
const after = (holdOff: HoldOff, event: Parameters<typeof nextHoldOff>[1]): HoldOff =>
  nextHoldOff(holdOff, event, timing).holdOff;
const restoring = after(notHeldOff, { type: 'lost', now });

describe('registrations are held off', () => {
  it.each([
    ['a reconnection', { type: 'reconnected', now }, 20],
    ['a cache without a record of its key space', { type: 'foundNew', now }, 30],
    ['another process that puts pairs back', { type: 'heldByAnother', now }, 5],
    ['a loss', { type: 'lost', now }, 100],
  ] as const)('after %s', (_, event, forMs) => {
    expect(heldOffForMs(after(notHeldOff, event), now, timing)).toBe(forMs);
  });

  it('no shorter because of a second reason', () => {
    const holdOff = after(restoring, { type: 'heldByAnother', now: now + 1 });
    expect(heldOffForMs(holdOff, now + 1, timing)).toBe(99);
  });

  it('for as long as pairs are being put back, however long that takes', () => {
    const later = now + 1_000_000;
    const holdOff = after(restoring, { type: 'checked', left: 1, now: later });
    expect(heldOffForMs(holdOff, later, timing)).toBe(5);
  });

  it('no longer once all is back and the time is over', () => {
    const back = after(restoring, { type: 'checked', left: 0, now });
    expect(heldOffForMs(back, now + 99, timing)).toBe(1);
    expect(heldOffForMs(back, now + 100, timing)).toBe(0);
  });
});

describe('the other processes are told', () => {
  it('at once of a loss', () => {
    expect(nextHoldOff(notHeldOff, { type: 'lost', now }, timing).say).toBe(true);
  });

  it('again and again while pairs are being put back, but not at every check', () => {
    const soon = nextHoldOff(restoring, { type: 'checked', left: 7, now: now + 39 }, timing);
    expect(soon).toEqual({ holdOff: restoring, say: false });
    const due = nextHoldOff(restoring, { type: 'checked', left: 7, now: now + 40 }, timing);
    expect(due).toEqual({ holdOff: { ...restoring, saidAt: now + 40 }, say: true });
  });

  it('nothing of checks that are not about a loss', () => {
    expect(nextHoldOff(notHeldOff, { type: 'checked', left: 7, now }, timing)).toEqual({
      holdOff: notHeldOff,
      say: false,
    });
  });
});
