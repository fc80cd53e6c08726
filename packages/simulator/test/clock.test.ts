import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';

import { createVirtualClock } from '../src/clock/virtualClock.js';
import { connectSimulator } from '../src/index.js';
import { call, getConfiguration, authenticated } from './support/caller.js';
import { errorLike } from './support/like.js';
import { startFrozenSimulator, startSimulator } from './support/withSimulator.js';

describe('the virtual clock', () => {
  test('is real time until it is moved, and ticks on', () => {
    const clock = createVirtualClock();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
    expect(clock.reading()).toMatchObject({ offsetMs: 0, revision: 0 });
    clock.advance(3_600_000);
    expect(Math.abs(clock.now() - Date.now() - 3_600_000)).toBeLessThan(1000);
    clock.advance(-600_000);
    expect(clock.reading()).toMatchObject({ offsetMs: 3_000_000, revision: 2 });
  });

  test('can be set, and runs on a clock of your own', () => {
    let base = 1000;
    const clock = createVirtualClock({ now: () => base });
    clock.set(5000);
    base += 7;
    expect(clock.now()).toBe(5007);
    // A follower elsewhere only has the real clock to add this to.
    expect(Math.abs(clock.reading().offsetMs - (5007 - Date.now()))).toBeLessThan(1000);
  });

  test.each([Number.NaN, Infinity])('refuses %s', (value) => {
    const clock = createVirtualClock();
    expect(() => clock.advance(value)).toThrow(errorLike({ code: 'invalid_argument' }));
    expect(() => clock.set(value)).toThrow(errorLike({ code: 'invalid_argument' }));
    expect(clock.reading().revision).toBe(0);
  });

  test('wakes those who wait at once, or after their time', async () => {
    const clock = createVirtualClock();
    const waiting = Promise.all([clock.changed(0, { waitMs: 10_000 }), clock.changed(0, { waitMs: 10_000 })]);
    clock.advance(500);
    expect((await waiting).map(({ offsetMs, revision }) => [offsetMs, revision])).toEqual([
      [500, 1],
      [500, 1],
    ]);
    expect(await clock.changed(0, { waitMs: 10_000 })).toMatchObject({ revision: 1 });
    expect(await clock.changed(1, { waitMs: 10 })).toMatchObject({ revision: 1 });
  });

  test('dates answers, tokens and the ledger', async () => {
    const simulator = await startFrozenSimulator();
    simulator.clock.set(Date.parse('2031-01-01T00:00:00Z'));
    const answer = await call(simulator, '/x');
    expect(answer.headers.get('date')).toBe('Wed, 01 Jan 2031 00:00:00 GMT');
    expect(simulator.ledger.entries()[0]?.at).toBe(Date.parse('2031-01-01T00:00:00Z'));
  });
});

describe('a follower in another process', () => {
  test('sees an advance at once', async () => {
    const simulator = await startSimulator();
    const follower = connectSimulator(simulator.url);
    const { revision, offsetMs } = await follower.clock.reading();
    expect([revision, offsetMs]).toEqual([0, 0]);
    const startedAt = performance.now();
    const changed = follower.clock.changed(revision, { waitMs: 20_000 });
    setTimeout(() => simulator.clock.advance(21_600_000), 20);
    expect(await changed).toMatchObject({ revision: 1, offsetMs: 21_600_000 });
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  test('misses no advance between two polls', async () => {
    const simulator = await startSimulator();
    const follower = connectSimulator(simulator.url);
    simulator.clock.advance(1000);
    simulator.clock.advance(1000);
    expect(await follower.clock.changed(0, { waitMs: 20_000 })).toMatchObject({
      revision: 2,
      offsetMs: 2000,
    });
  });

  test('gets the reading of the moment when nothing happens', async () => {
    const simulator = await startSimulator();
    expect(await connectSimulator(simulator.url).clock.changed(0, { waitMs: 20 })).toMatchObject({
      revision: 0,
      offsetMs: 0,
    });
  });

  test('moves the clock that tokens expire by', async () => {
    const simulator = await startSimulator();
    const { accessToken } = await authenticated(simulator);
    expect(await connectSimulator(simulator.url).clock.advance(21_600_000)).toMatchObject({
      revision: 1,
      offsetMs: 21_600_000,
    });
    expect((await getConfiguration(simulator, accessToken)).status).toBe(401);
    const { nowMs } = await connectSimulator(simulator.url).clock.set(0);
    expect(nowMs).toBeLessThan(60_000);
  });

  test('may stop waiting', async () => {
    const simulator = await startSimulator();
    const stop = new AbortController();
    const changed = connectSimulator(simulator.url).clock.changed(0, { waitMs: 20_000, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(changed).rejects.toThrow('enough');
  });
});
