import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Serving } from '../load/Serving.js';
import { seals } from '../stage/seals.js';
import type { Authenticated } from '../worker/orders.js';
import type { Scenario } from './Scenario.js';

const processes = 3;

export const rotation: Scenario = {
  name: 'rotation',
  summary:
    '100 000 records, and the secret is rotated while they are served, then swept: no error, no old seal left',
  inShort: false,
  async run(stage) {
    const { claims, secret, options } = stage;
    const devices = options.short ? 2_000 : 100_000;
    const [old = ''] = secret;
    const next = randomBytes(32).toString('base64url');
    await stage.startUpstream();
    const server = await stage.startRedis();
    const settings = {
      redis: { kind: 'single', at: server },
      canned: { prefix: '', tokenLength: 300 },
      registrationsPerSecond: 1_000_000,
    } as const;
    const fleet = [...(await stage.startFleet(processes, settings))];
    const each = Math.ceil(devices / processes);
    const filled = await Promise.all(
      fleet.map((worker, index) =>
        worker.order('authenticate', { from: 1 + index * each, count: each, atOnce: 16 }),
      ),
    );
    claims.claim('devices filled in', filled.every(isWithoutFailure), failuresOf(filled));
    const stored = (await seals(server)).size;
    claims.claim('one seal at first', stored === 1, `${stored}`);

    const serving = new Serving(fleet, stage.random, devices);
    serving.start();
    for (const list of [
      [old, next, old],
      [next, old],
    ]) {
      for (const [index, worker] of fleet.entries()) {
        const follower = await stage.startWorker(`w${index + 1}-${list.length}`, {
          ...settings,
          secret: list,
        });
        fleet[index] = follower;
        await delay(200);
        await worker.close();
      }
    }
    const [sweeper] = fleet;
    if (sweeper === undefined) return;
    const startedMs = performance.now();
    const swept = await sweeper.order('reseal', { recordsPerSecond: 20_000 });
    const sweepMs = performance.now() - startedMs;
    await serving.stop();
    claims.claim('the sweep is complete', swept.complete, JSON.stringify(swept));
    claims.note('swept', `${Math.round(swept.examined / (sweepMs / 1_000))} records per second`);
    claims.claim('requests meanwhile', serving.asked > 0, `${serving.asked}`);
    const wasErrorFree = serving.answers.every((answer) => isWithoutFailure(answer) && answer.retries === 0);
    claims.claim('none of them failed', wasErrorFree, failuresOf(serving.answers));
    const left = await seals(server);
    claims.equal(
      'seals of the old secret left',
      [...left.values()]
        .toSorted((a, b) => b - a)
        .slice(1)
        .reduce((all, one) => all + one, 0),
      0,
    );
    await stage.judge();
  },
};

function isWithoutFailure({ failures }: Authenticated): boolean {
  return Object.keys(failures).length === 0;
}

function failuresOf(answers: readonly Authenticated[]): string {
  const codes = answers.flatMap(({ failures }) =>
    Object.entries(failures).map(([code, count]) => `${count} ${code}`),
  );
  const retries = answers.reduce((all, answer) => all + answer.retries, 0);
  return `${codes.join(', ') || 'no failure'}, ${retries} asked again`;
}
