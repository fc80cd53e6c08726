import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RedisServer } from '@pass-dcr/redis-kit';
import type { Stage } from '../stage/Stage.js';
import type { Worker } from '../stage/Worker.js';
import type { Authenticated } from '../worker/orders.js';
import { numbers } from './numbers.js';
import type { Scenario } from './Scenario.js';

const processes = 3;
const perOrder = 20;

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

    const serving = new Serving(fleet, stage, devices);
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
    claims.claim('none of them failed', serving.answers.every(isWithoutFailure), failuresOf(serving.answers));
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

/** Devices of the whole range, with whichever process stands in each place. */
class Serving {
  readonly #fleet: readonly Worker[];
  readonly #stage: Stage;
  readonly #devices: number;
  #isOver = false;
  #lanes: Promise<unknown> = Promise.resolve();
  readonly answers: Authenticated[] = [];

  constructor(fleet: readonly Worker[], stage: Stage, devices: number) {
    this.#fleet = fleet;
    this.#stage = stage;
    this.#devices = devices;
  }

  get asked(): number {
    return this.answers.length * perOrder;
  }

  start(): void {
    this.#lanes = Promise.all(numbers(0, processes).map((place) => this.#lane(place)));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#lanes;
  }

  async #lane(place: number): Promise<void> {
    while (!this.#isOver) {
      const from = this.#stage.random.between(1, this.#devices - perOrder);
      const worker = this.#fleet[place];
      // Whoever is told to close takes no more, as behind a load balancer; its last answers count.
      const answer = await worker
        ?.order('authenticate', { from, count: perOrder, atOnce: 5 })
        .catch(() => null);
      if (answer !== null && answer !== undefined) this.answers.push(answer);
      await delay(20);
    }
  }
}

/** How many credentials each secret has sealed, by the name that the seal has of it. */
async function seals(server: RedisServer): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  let cursor = '0';
  do {
    const reply = (await server.command('SCAN', cursor, 'MATCH', '*}:c', 'COUNT', 1_000)) as [
      string,
      string[],
    ];
    cursor = reply[0];
    const values =
      reply[1].length === 0 ? [] : ((await server.command('MGET', ...reply[1])) as (string | null)[]);
    for (const value of values) {
      const name = /e1\.([A-Za-z0-9_-]{8})\./.exec(value ?? '')?.[1] ?? 'none';
      found.set(name, (found.get(name) ?? 0) + 1);
    }
  } while (cursor !== '0');
  return found;
}

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
