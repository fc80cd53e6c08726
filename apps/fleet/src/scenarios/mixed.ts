import { setTimeout as delay } from 'node:timers/promises';
import { carryOut } from '../faults/carryOut.js';
import { describeFault, planFaults } from '../faults/plan.js';
import { RedisTrouble } from '../faults/RedisTrouble.js';
import { Slots } from '../faults/Slots.js';
import { UpstreamTrouble } from '../faults/UpstreamTrouble.js';
import { Load } from '../load/Load.js';
import { audit, devicesServed } from '../stage/audit.js';
import type { Stage } from '../stage/Stage.js';
import { register } from './lossScenario.js';
import { numbers } from './numbers.js';
import type { Scenario } from './Scenario.js';

/** Shorter than shipped, so that a minute has many leases in it. */
const machine = { leaseMs: 1_500, upstreamTimeoutMs: 1_200 };
/** Each token is renewed several times in a minute. */
const tokenLifeSeconds = 20;
const workers = 4;
/** A process replaces at most five pairs in five minutes. */
const pairsRevokedPerFiveMinutes = 5;

export const mixed: Scenario = {
  name: 'mixed',
  summary:
    'a minute of everything at once: no living pair lost or switched, every call settles by its deadline',
  inShort: true,
  async run(stage) {
    const { claims, chronicle, options } = stage;
    const upstream = await stage.startUpstream({ accessTokenLifeSeconds: tokenLifeSeconds });
    const server = await stage.startRedis({ appendOnly: true });
    const proxy = await stage.startProxy(server);
    const watch = await stage.watch(server);
    const redis = { kind: 'single', at: proxy } as const;
    const slots = await Slots.fill(workers, (name) => stage.startWorker(name, { redis, machine }));
    const load = new Load(stage, () => slots.living);
    const redisTrouble = new RedisTrouble({ server, proxy, watch, chronicle });
    const plan = planFaults({
      seed: options.seed,
      durationMs: options.mixedMs,
      workers,
      leaseMs: machine.leaseMs,
      mostPairsRevoked: pairsRevokedPerFiveMinutes * Math.ceil(options.mixedMs / 300_000),
    });
    const field = {
      slots,
      redis: redisTrouble,
      upstream: new UpstreamTrouble(upstream, chronicle, machine.upstreamTimeoutMs + 300),
      anyDevice: () => load.anyDevice(),
      callNewDevices: (count: number) => load.callNewDevices(count),
    };
    // The first devices of a Redis that nobody has used wait two seconds; without any a short run would be about nothing.
    await register(stage, slots.living, numbers(1, 20));
    const startedAt = Date.now();
    const faults: Promise<void>[] = [];
    load.start();
    for (const fault of plan) {
      await delay(Math.max(0, startedAt + fault.atMs - Date.now()));
      if (options.keep) claims.note('fault', describeFault(fault));
      faults.push(carryOut(fault, field));
    }
    await delay(Math.max(0, startedAt + options.mixedMs - Date.now()));
    await Promise.all(faults);
    await redisTrouble.over();
    await upstream.simulator.clearFaults();
    await load.stop();
    await slots.over();
    const served = devicesServed(stage).length;
    claims.claim('devices served (at least 50)', served >= 50, String(served));
    report(stage, plan.length);
    const audits = await audit(stage, devicesServed(stage), { redis, machine });
    await stage.judge({ ...machine, audits, tokenLifeMs: tokenLifeSeconds * 1_000 });
  },
};

function report({ claims, chronicle }: Stage, faults: number): void {
  const ends = chronicle.calls.map(({ end }) =>
    end === null ? 'unsettled' : end.kind === 'answered' ? (end.code ?? String(end.status)) : end.kind,
  );
  const counts = [...new Set(ends)].map((end) => `${end} ${ends.filter((each) => each === end).length}`);
  claims.note('faults', String(faults));
  claims.note('ends of calls', counts.join(', '));
  claims.note(
    'processes that died',
    String(chronicle.disturbances.filter(({ kind }) => kind === 'died').length),
  );
}
