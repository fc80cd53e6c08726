import { startCluster, type Cluster } from '@pass-dcr/redis-kit';
import { credentialsKeys } from '../stage/credentialsKeys.js';
import { audit } from '../stage/audit.js';
import type { Stage } from '../stage/Stage.js';
import { register } from './lossScenario.js';
import { numbers } from './numbers.js';
import type { Scenario } from './Scenario.js';

export const cluster: Scenario = {
  name: 'cluster',
  summary:
    'three nodes, and slots that move with their keys under load: nothing lost, nothing registered twice',
  inShort: false,
  async run(stage) {
    const { claims } = stage;
    const [early, late] = [numbers(1, 60), numbers(101, 60)];
    await stage.startUpstream();
    const nodes = await startCluster();
    stage.defer(() => nodes.stop());
    const redis = { kind: 'cluster', nodes: nodes.addresses } as const;
    const workers = await stage.startFleet(3, { redis });
    await register(stage, workers, early);
    claims.note(
      'keys by node',
      (await Promise.all(nodes.nodes.map((node) => node.command('DBSIZE')))).join(', '),
    );
    const isOver = stage.chronicle.disturbed('redis-slow', null);
    const moved = await moveSlotsOf(
      nodes,
      stage,
      [...early.slice(0, 10), ...late.slice(0, 10)],
      async (device) => {
        // While the slot is on the move, its keys answer `ASK`, and a new one is written at its new place.
        await Promise.all(workers.map((worker) => stage.driver.call(worker, device)));
      },
    );
    isOver();
    claims.note('slots moved', String(moved));
    await register(stage, workers, late);
    const audits = await audit(stage, [...early, ...late], { redis });
    const { figures } = await stage.judge({ audits });
    claims.equal('registrations', figures.registrations, early.length + late.length);
  },
};

async function moveSlotsOf(
  nodes: Cluster,
  { secret }: Stage,
  devices: readonly number[],
  meanwhile: (device: number) => Promise<void>,
): Promise<number> {
  const keys = await credentialsKeys(devices, secret);
  for (const [key, device] of keys) {
    const slot = await nodes.slotOf(key);
    const owner = await nodes.ownerOf(slot);
    const to = nodes.nodes[(nodes.nodes.indexOf(owner) + 1) % nodes.nodes.length];
    if (to !== undefined) await nodes.moveSlot(slot, to, { whileMigrating: () => meanwhile(device) });
  }
  return keys.size;
}
