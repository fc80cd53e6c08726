import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Deadline } from '../../src/time/Deadline.js';
import { ManualClock } from './ManualClock.js';

const never = new Promise<never>(() => undefined);
const open = (): AbortSignal => new AbortController().signal;

describe('a deadline', () => {
  it('is an instant, of which less and less is left', () => {
    const clock = new ManualClock();
    const deadline = new Deadline(clock, 1_000, []);
    expect(deadline.at).toBe(clock.now() + 1_000);
    clock.advance(400);
    expect(deadline.remainingMs).toBe(600);
  });

  it('gives the outcome of what comes in time, whatever it is', async () => {
    const clock = new ManualClock();
    const deadline = new Deadline(clock, 1_000, []);
    await expect(deadline.during(Promise.resolve('done'))).resolves.toBe('done');
    await expect(deadline.during(Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends the wait at its instant, also that of a second piece of work', async () => {
    const clock = new ManualClock();
    const deadline = new Deadline(clock, 1_000, []);
    const first = deadline.during(never);
    clock.advance(1_000);
    await expect(first).rejects.toMatchObject({ code: 'deadline_exceeded' });
    const second = deadline.during(never);
    clock.advance(0);
    await expect(second).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ['its only signal', 0, 1],
    ['the first of two signals', 0, 2],
    ['the last of three signals', 2, 3],
  ])('ends the wait with the reason of %s', async (_, index, count) => {
    const clock = new ManualClock();
    const controllers = Array.from({ length: count }, () => new AbortController());
    const deadline = new Deadline(clock, 1_000, [undefined, ...controllers.map(({ signal }) => signal)]);
    const waiting = deadline.during(never);
    controllers[index]?.abort('gone');
    await expect(waiting).rejects.toBe('gone');
    await expect(deadline.during(never)).rejects.toBe('gone');
    expect(deadline.signal?.reason).toBe('gone');
    expect(clock.pendingTimers).toBe(0);
  });

  it('knows a signal that was aborted before, also among others', () => {
    const deadline = new Deadline(new ManualClock(), 1_000, [open(), AbortSignal.abort('gone')]);
    expect(deadline.signal?.reason).toBe('gone');
  });

  it('pauses for a time, and no longer than to its instant', async () => {
    const clock = new ManualClock();
    const deadline = new Deadline(clock, 1_000, []);
    const short = deadline.pause(400, open());
    clock.advance(400);
    await expect(short).resolves.toBeUndefined();
    const long = deadline.pause(601, open());
    clock.advance(600);
    await expect(long).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends a pause with the reason of whoever stops it, and begins none afterwards', async () => {
    const clock = new ManualClock();
    const deadline = new Deadline(clock, 1_000, []);
    const stop = new AbortController();
    const pause = deadline.pause(400, stop.signal);
    stop.abort('closing');
    await expect(pause).rejects.toBe('closing');
    await expect(deadline.pause(400, stop.signal)).rejects.toBe('closing');
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([1, 2])('has left no listener on %i signals when it has ended', async (count) => {
    const signals = Array.from({ length: count }, open);
    const deadline = new Deadline(new ManualClock(), 1_000, signals);
    await deadline.during(Promise.resolve());
    deadline.end();
    for (const signal of signals) expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
