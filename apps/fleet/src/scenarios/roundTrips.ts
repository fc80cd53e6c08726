import { setTimeout as delay } from 'node:timers/promises';
import { CommandTap } from '../stage/CommandTap.js';
import { until } from '../stage/until.js';
import type { Scenario } from './Scenario.js';

const most = { stored: 1, registration: 5, renewal: 4 };
/** After an answer: what follows it, such as the release of the lease, has happened too. */
const aftermathMs = 300;
/** Of six hours; every token is due for renewal, and none has expired. */
const renewalDueMs = 5 * 3_600_000;

export const roundTrips: Scenario = {
  name: 'round-trips',
  summary:
    'sequential round trips to Redis, counted on the wire: stored token 1, renewal 4, first registration 5',
  inShort: true,
  async run(stage) {
    const { driver, claims } = stage;
    const upstream = await stage.startUpstream();
    const server = await stage.startRedis();
    const proxy = await stage.startProxy(server);
    const settings = { redis: { kind: 'single', at: proxy }, followsUpstream: true } as const;
    const tap = await CommandTap.start(server);
    stage.defer(() => tap.stop());

    /** Without the release of a lease, which nobody waits for. */
    const counted = async (work: () => Promise<void>): Promise<{ trips: number; told: string }> => {
      await delay(aftermathMs);
      tap.take();
      const before = proxy.roundTrips;
      await work();
      await delay(aftermathMs);
      const { commands, releases } = tap.take();
      const trips = proxy.roundTrips - before - releases;
      return { trips, told: `${trips} (${commands.join(', ')}; ${releases} of them the release of a lease)` };
    };
    const call = async (worker: Parameters<typeof driver.call>[0], device: number): Promise<void> => {
      const { clientId } = await driver.call(worker, device);
      if (clientId === null) claims.claim(`device ${device} is served`, false, 'not served');
    };

    const first = await stage.startWorker('w1', settings);
    const veryFirst = await counted(() => call(first, 1));
    claims.note('the very first registration on an empty Redis', veryFirst.told);
    const registration = await counted(() => call(first, 2));
    claims.claim(
      `a first registration (at most ${most.registration})`,
      registration.trips <= most.registration,
      registration.told,
    );
    const second = await stage.startWorker('w2', settings);
    await call(second, 1);
    const stored = await counted(() => call(second, 2));
    claims.claim(
      `a device whose token is stored (at most ${most.stored})`,
      stored.trips <= most.stored,
      stored.told,
    );
    const memory = await counted(() => call(second, 2));
    claims.claim('a device whose token is in memory (at most 0)', memory.trips === 0, memory.told);
    await upstream.advance(renewalDueMs);
    // The clocks of the workers follow within milliseconds, and their timers do their work.
    await delay(1_000);
    const tokens = await upstream.count('token');
    const renewal = await counted(async () => {
      await call(first, 1);
      await until(async () => (await upstream.count('token')) > tokens, { withinMs: 3_000 });
    });
    claims.equal('tokens renewed in the background', (await upstream.count('token')) - tokens, 1);
    claims.claim(`a renewal (at most ${most.renewal})`, renewal.trips <= most.renewal, renewal.told);
    await stage.judge();
  },
};
