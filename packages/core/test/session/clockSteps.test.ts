import { describe, expect, it } from 'vitest';
import { timingWith } from '../../src/testing/timingWith.js';
import { briefHold, createHarness, deviceNumber, hourMs, times } from './harness.js';

const devices = times(50, deviceNumber);

/** Servers whose devices have just got their tokens, of six hours. */
async function served() {
  const harness = await createHarness({ throttle: 'off' });
  const pass = harness.createPass();
  await Promise.all(devices.map(async (device) => await pass.client(device).accessToken()));
  const mark = harness.simulator.ledger.mark();
  // A look of a second ago counts no more.
  harness.advance(1_000);
  const tokenCalls = (): number =>
    harness.simulator.ledger.entries({ since: mark, endpoint: 'token' }).length;
  return { harness, pass, mark, tokenCalls };
}

/** Whether each device has its token at once. */
async function askAll({ pass }: Awaited<ReturnType<typeof served>>): Promise<readonly boolean[]> {
  return await Promise.all(
    devices.map(async (device) => {
      let isThere = false;
      const asked = pass
        .client(device)
        .accessToken()
        .then(() => (isThere = true));
      await new Promise((resolve) => setImmediate(resolve));
      const wasThere = isThere;
      await asked;
      return wasThere;
    }),
  );
}

describe('a clock that is set', () => {
  it.each([
    ['forward by 7 h', 7 * hourMs],
    ['back by 7 h', -7 * hourMs],
    ['back by 61 s', -61_000],
  ])(
    '%s: no device with a good token waits, and each is renewed once, in the background',
    async (_, byMs) => {
      const on = await served();
      await using harness = on.harness;
      harness.clock.step(byMs);
      expect(await askAll(on)).toEqual(devices.map(() => true));
      // One that still gives its lease back is renewed at its next use.
      await expect.poll(async () => (await askAll(on)) && on.tokenCalls()).toBe(devices.length);
      harness.advance(2_000);
      expect(await askAll(on)).toEqual(devices.map(() => true));
      expect(on.tokenCalls()).toBe(devices.length);
    },
  );

  it('by less than a minute: nothing is renewed', async () => {
    const on = await served();
    await using harness = on.harness;
    harness.clock.step(-59_000);
    expect(await askAll(on)).toEqual(devices.map(() => true));
    expect(on.tokenCalls()).toBe(0);
  });

  it('back by 1 h after a 429: the address is held back for its second, not for the hour', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const pass = harness.createPass();
    const device = deviceNumber(1);
    await pass.client(device).accessToken();
    harness.simulator.fault({ endpoint: 'profiles', count: 1, effect: { status: 429 } });
    const startedAt = performance.now();
    const called = pass.client(device).profiles.all();
    await expect
      .poll(() => harness.simulator.ledger.entries({ endpoint: 'profiles' }).length, { interval: 10 })
      .toBe(1);
    harness.clock.step(-hourMs);
    await called;
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('back by 1 h after a reconnection: new devices are held off for its seconds, not for the hour', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    let reconnect: () => void = () => undefined;
    const cache = {
      ...harness.cache,
      scope: 'shared' as const,
      onReconnect: (listener: () => void) => {
        reconnect = listener;
        return () => undefined;
      },
    };
    const timing = timingWith({ recovery: { ...briefHold, heldOffAfterReconnectMs: 200 } });
    const pass = harness.createPass({ cache }, { timing });
    await pass.client(deviceNumber(1)).accessToken();
    reconnect();
    harness.clock.step(-hourMs);
    const startedAt = performance.now();
    await pass.client(deviceNumber(2)).accessToken();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('a machine that was suspended for 7 h', () => {
  it('nobody waits beyond one call more: each device has one 401, which is replayed', async () => {
    const on = await served();
    await using harness = on.harness;
    const { pass, mark, tokenCalls } = on;
    harness.simulator.clock.advance(7 * hourMs);
    harness.clock.step(7 * hourMs);
    await Promise.all(devices.map(async (device) => await pass.client(device).profiles.all()));
    await Promise.all(devices.map(async (device) => await pass.client(device).profiles.all()));
    const statuses = harness.simulator.ledger
      .entries({ since: mark, endpoint: 'profiles' })
      .map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(devices.length);
    expect(statuses.filter((status) => status === 200)).toHaveLength(2 * devices.length);
    expect(tokenCalls()).toBe(devices.length);
  });
});
