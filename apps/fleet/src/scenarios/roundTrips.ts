import { setTimeout as delay } from 'node:timers/promises';
import type { TcpProxy } from '@pass-dcr/redis-kit';
import { CommandTap } from '../stage/CommandTap.js';
import type { Stage } from '../stage/Stage.js';
import { until } from '../stage/until.js';
import type { Worker } from '../stage/Worker.js';
import { numbers } from './numbers.js';
import type { Scenario } from './Scenario.js';

/** Everything takes so long on the wire that what is sent at the same time is seen to be. */
const latencyMs = 15;
/** After an answer: what follows it has happened too. */
const aftermathMs = 300;
const aftermathOfLookMs = 20;
/** Of six hours; every token is due for renewal, and none has expired. */
const renewalDueMs = 5 * 3_600_000;
/**
 * What a process also does by itself, in between: every five seconds it looks whether Redis has lost its data, and two
 * and thirty seconds after a registration whether the pair is still there.
 */
const ownAffairs = ['strong read meta', 'strong read c t l'] as const;
type OwnAffairs = readonly [looks: number, checks: number];
const attempts = 5;
/** Between two looks there is time to count. */
const lookComesWithinMs = 1_500;

export const roundTrips: Scenario = {
  name: 'round-trips',
  summary:
    'sequential round trips to Redis, counted on the wire: stored token 1, renewal 4, first registration 5',
  inShort: false,
  async run(stage) {
    const { driver } = stage;
    const upstream = await stage.startUpstream();
    const server = await stage.startRedis();
    const proxy = await stage.startProxy(server);
    const settings = { redis: { kind: 'single', at: proxy }, followsUpstream: true } as const;
    const tap = await CommandTap.start(server);
    stage.defer(() => tap.stop());
    const counter: Counter = { stage, proxy, tap };
    /** Each its own; Redis knows them all. */
    const devices = numbers(1, 3 * attempts);
    let registered = 0;
    const first = await stage.startWorker('w1', settings);
    const call = async (worker: Worker, which: number): Promise<void> => {
      await driver.call(worker, which);
    };
    const veryFirst = await counted(counter, () => call(first, 0));
    stage.claims.note('the very first registration', veryFirst.told);
    await expectAtMost(counter, 'a first registration', { most: 5, own: [1, 1] }, () =>
      call(first, devices[registered++] ?? 0),
    );
    await driver.callEach(first, devices);
    // Its looks would be counted too.
    await first.close();
    const second = await stage.startWorker('w2', settings);
    await driver.callEach(second, [0, ...devices.slice(2 * attempts)]);
    let stored = 0;
    await expectAtMost(counter, 'a device whose token is stored', { most: 1, own: [0, 0] }, () =>
      call(second, (stored += 1)),
    );
    await expectAtMost(counter, 'a device whose token is in memory', { most: 0, own: [0, 0] }, () =>
      call(second, stored),
    );
    await upstream.advance(renewalDueMs);
    // The clocks of the workers follow within milliseconds, and their timers do their work.
    await delay(1_000);
    let renewed = 2 * attempts;
    await expectAtMost(counter, 'a renewal', { most: 4, own: [0, 1] }, async () => {
      const tokens = await upstream.count('token');
      await call(second, (renewed += 1));
      await until(async () => (await upstream.count('token')) > tokens, { withinMs: 3_000 });
    });
    await stage.judge();
  },
};

interface Counter {
  readonly stage: Stage;
  readonly proxy: TcpProxy;
  readonly tap: CommandTap;
}

interface Counted {
  readonly trips: number;
  readonly own: readonly number[];
  readonly told: string;
}

/** Until nothing follows any more, but without the release of the lease, which nobody waits for. */
async function counted({ proxy, tap }: Counter, work: () => Promise<void>): Promise<Counted> {
  await delay(aftermathMs);
  tap.take();
  await until(() => tap.take().includes(ownAffairs[0]), { withinMs: lookComesWithinMs });
  await delay(aftermathOfLookMs);
  proxy.delayMs = latencyMs;
  tap.take();
  const before = proxy.roundTrips;
  await work();
  await delay(aftermathMs);
  const sent = proxy.roundTrips - before;
  proxy.delayMs = 0;
  // What has been sent by now, Redis has yet to hear and to tell.
  await delay(4 * latencyMs);
  const told = tap.take();
  const trips = sent - (told.includes('delete l') ? 1 : 0);
  const own = ownAffairs.map((affair) => told.filter((each) => each === affair).length);
  return { trips, own, told: `${trips} (${told.join(', ') || 'nothing'})` };
}

/** `own`: so many of these belong to it; with more or fewer, an affair of its own fell into it, and it is counted again. */
async function expectAtMost(
  counter: Counter,
  what: string,
  { most, own }: { readonly most: number; readonly own: OwnAffairs },
  work: () => Promise<void>,
): Promise<void> {
  let found = await counted(counter, work);
  for (let again = 1; again < attempts && found.own.some((count, which) => count !== own[which]); again += 1)
    found = await counted(counter, work);
  counter.stage.claims.claim(`${what} (at most ${most})`, found.trips <= most, found.told);
}
