import { describe, expect, it } from 'vitest';
import {
  heldOffForMs,
  nextHoldOff,
  notHeldOff,
  type HoldOff,
  type HoldOffEvent,
} from '../../src/recovery/holdOff.js';
import { defaultTiming } from '../../src/timing.js';

const timing = {
  ...defaultTiming.recovery,
  heldOffAfterReconnectMs: 20,
  heldOffAsNewMs: 30,
  heldOffAfterLossMs: 100,
  extendHoldEveryMs: 40,
  extendHoldForMs: 100,
  stalledAfterMs: 300,
  heldOffAtMostMs: 1_000,
  allowedForMs: 150,
  lookEveryMs: 10,
  holdRetryMs: 5,
};
const now = 1_000;
const step = (holdOff: HoldOff, event: HoldOffEvent): ReturnType<typeof nextHoldOff> =>
  nextHoldOff(holdOff, event, timing);
const after = (holdOff: HoldOff, event: HoldOffEvent): HoldOff => step(holdOff, event).holdOff;
const ranges = new Set([6, 7, 8]);
const lost = { type: 'lost', ranges, isNew: true, now } as const;
const restoring = after(notHeldOff, lost);
const heldMs = (holdOff: HoldOff, at: number, { range = 7, missing = 0 } = {}): number =>
  heldOffForMs(holdOff, { range, missing, now: at }, timing);

/** A pair comes back every `everyMs`, of many. */
function goingOn(from: HoldOff, everyMs: number, until: number): ReturnType<typeof step> {
  let left = 1_000_000;
  let last = step(from, { type: 'left', left, now });
  for (let at = now; at <= until; at += everyMs)
    last = step(last.holdOff, { type: 'left', left: (left -= 1), now: at });
  return last;
}

describe('registrations are held off', () => {
  it.each([
    ['a reconnection', { type: 'reconnected', now }, 20],
    ['a cache without a record of its key space', { type: 'foundNew', now }, 30],
    ['another process that has found it so', { type: 'newForAnother', now }, 5],
    ['another process that puts pairs back', { type: 'heldByAnother', ranges, now }, 15],
    ['a loss', lost, 100],
  ] as const)('after %s', (_, event, forMs) => {
    expect(heldMs(after(notHeldOff, event), now)).toBe(forMs);
  });

  it('only in the ranges where something was lost', () => {
    expect(heldMs(restoring, now, { range: 9 })).toBe(0);
    expect(heldMs(after(notHeldOff, { type: 'heldByAnother', ranges, now }), now, { range: 9 })).toBe(0);
  });

  it('no shorter because of a second reason', () => {
    expect(heldMs(after(restoring, { type: 'heldByAnother', ranges, now: now + 1 }), now + 1)).toBe(99);
  });

  it('for as long as pairs of the range come back', () => {
    const { holdOff } = goingOn(restoring, 50, now + 500);
    expect(heldMs(holdOff, now + 500, { missing: 1 })).toBe(5);
    expect(heldMs(holdOff, now + 500, { missing: 0 })).toBe(0);
  });

  it('no longer once all is back and the time is over', () => {
    const back = after(restoring, { type: 'left', left: 0, now });
    expect(heldMs(back, now + 99)).toBe(1);
    expect(heldMs(back, now + 100, { missing: 1 })).toBe(0);
  });
});

describe('a hold ends before all is back', () => {
  const stuck = after(restoring, { type: 'left', left: 3, now });

  it('when no pair has come back for the time that is allowed', () => {
    expect(step(stuck, { type: 'left', left: 3, now: now + 299 }).ended).toBeNull();
    const over = step(stuck, { type: 'left', left: 3, now: now + 300 });
    expect(over.ended).toBe('stalled');
    expect(heldMs(over.holdOff, now + 300, { missing: 3 })).toBe(0);
    expect(step(over.holdOff, { type: 'left', left: 3, now: now + 400 })).toMatchObject({
      ended: null,
      say: false,
    });
  });

  it('when it has taken too long, though pairs come back', () => {
    expect(goingOn(restoring, 50, now + 950).ended).toBeNull();
    expect(goingOn(restoring, 50, now + 1_000).ended).toBe('too_long');
  });

  it('at once when the operator wants it so', () => {
    const held = after(restoring, { type: 'reconnected', now });
    const allowed = after(held, { type: 'allowed', now: now + 1 });
    expect(heldMs(allowed, now + 1, { missing: 3 })).toBe(0);
    expect(step(allowed, { ...lost, now: now + 100 }).say).toBe(false);
  });

  it('and begins anew with a loss that is found later, but not with what is found of the same', () => {
    const over = step(stuck, { type: 'left', left: 3, now: now + 300 }).holdOff;
    expect(heldMs(after(over, { ...lost, now: now + 500, isNew: false }), now + 500)).toBe(0);
    expect(heldMs(after(over, { ...lost, now: now + 500 }), now + 500)).toBe(100);
  });
});

describe('the other processes are told', () => {
  it('at once of a loss, and of further ranges', () => {
    expect(step(notHeldOff, lost).say).toBe(true);
    expect(step(restoring, { ...lost, ranges: [20], isNew: false }).say).toBe(true);
    expect(step(restoring, { ...lost, isNew: false, now: now + 1 }).say).toBe(false);
  });

  it('again and again while pairs come back, but not at every look', () => {
    const soon = step(restoring, { type: 'left', left: 7, now: now + 39 });
    expect(soon.say).toBe(false);
    const due = step(soon.holdOff, { type: 'left', left: 6, now: now + 40 });
    expect(due.say).toBe(true);
    expect(due.holdOff.restoring?.saidAt).toBe(now + 40);
  });

  it('no longer than the hold of this process may last', () => {
    const stuck = after(restoring, { type: 'left', left: 3, now });
    expect(step(stuck, { type: 'left', left: 3, now: now + 185 }).say).toBe(true);
    expect(step(stuck, { type: 'left', left: 3, now: now + 186 }).say).toBe(false);
  });

  it('nothing of looks that are not about a loss', () => {
    expect(step(notHeldOff, { type: 'left', left: 7, now })).toEqual({
      holdOff: notHeldOff,
      say: false,
      ended: null,
    });
  });
});
