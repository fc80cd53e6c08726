import { setTimeout } from 'node:timers/promises';
import { checkHistory, recordHistory, type HistoryReport } from '@pass-dcr/conformance';
import { needsRedis, startCluster, startRedis } from '@pass-dcr/redis-kit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';
import { MovingAddress } from './support/MovingAddress.js';
import type { Address } from './support/TestClient.js';

/** `npm run proofs` asks for 100 000. */
const operations = Number(process.env['HISTORY_OPERATIONS'] ?? 4_000);

async function processesOn(
  mode: 'single' | 'cluster',
  nodes: readonly Address[],
): Promise<readonly CacheProcess[]> {
  const processes = await Promise.all([1, 2, 3].map(async () => await CacheProcess.start(mode, nodes)));
  onTestFinished(async () => void (await Promise.all(processes.map(async (one) => await one.end()))));
  return processes;
}

function said(what: string, report: HistoryReport): HistoryReport {
  process.stdout.write(
    `history of ${what}: ${JSON.stringify({ ...report, violations: report.violations.length })}\n`,
  );
  return report;
}

/** The replica is promoted while the primary still serves; then the address leads to it, and the primary is gone. */
async function acrossFailover(options: Readonly<Record<string, unknown>>): Promise<HistoryReport> {
  const primary = await startRedis();
  const replica = await startRedis({ replicaOf: primary });
  // What confirms the writes of the new primary.
  const further = await startRedis({ replicaOf: replica });
  const address = await MovingAddress.start(primary);
  onTestFinished(async () => {
    await address.stop();
    await Promise.all([primary.stop(), replica.stop(), further.stop()]);
  });
  const processes = await processesOn('single', [address]);
  const caches = await Promise.all(processes.map(async (one) => await one.open(options)));
  const failOver = async (): Promise<void> => {
    await setTimeout(300);
    await replica.command('REPLICAOF', 'NO', 'ONE');
    await setTimeout(200);
    address.target = replica;
    await primary.kill();
  };
  const [history] = await Promise.all([recordHistory({ caches, operations, timeoutMs: 1_000 }), failOver()]);
  return checkHistory(history);
}

needsRedis(describe)('the history of three processes', () => {
  it('across a failover shows what the new primary did not have', { timeout: 120_000 }, async () => {
    const report = said('a failover', await acrossFailover({ swapTimeoutMs: 800 }));
    expect(report.lost).toBeGreaterThan(0);
  });

  it(
    "across a failover with replicas and onShortWait 'fail' is that of a register",
    { timeout: 120_000 },
    async () => {
      const options = { swapTimeoutMs: 800, replicas: 1, onShortWait: 'fail' };
      const report = said("a failover with replicas: 1 and 'fail'", await acrossFailover(options));
      expect(report.unknown).toBeGreaterThan(0);
      expect(report).toMatchObject({ lost: 0, violations: [] });
    },
  );

  it('while slots of a Cluster move is that of a register', { timeout: 120_000 }, async () => {
    const cluster = await startCluster();
    onTestFinished(async () => await cluster.stop());
    const processes = await processesOn('cluster', cluster.addresses);
    const caches = await Promise.all(processes.map(async (one) => await one.open()));
    const over = new AbortController();
    let moves = 0;
    const moveSlots = async (): Promise<void> => {
      while (!over.signal.aborted) {
        const listed = await Promise.all(
          cluster.nodes.map(async (node) => await node.command('KEYS', 'history:*')),
        );
        const [key] = (listed.flat() as readonly string[]).toSorted(() => Math.random() - 0.5);
        if (key === undefined) {
          await setTimeout(10);
          continue;
        }
        const slot = await cluster.slotOf(key);
        const owner = await cluster.ownerOf(slot);
        const to = cluster.nodes.find((node) => node !== owner);
        if (to !== undefined) await cluster.moveSlot(slot, to);
        moves += 1;
      }
    };
    const record = async () => {
      try {
        return await recordHistory({ caches, operations, timeoutMs: 5_000 });
      } finally {
        over.abort();
      }
    };
    const [history] = await Promise.all([record(), moveSlots()]);
    const report = said(`a Cluster with ${moves} moves`, checkHistory(history));
    expect(moves).toBeGreaterThan(2);
    expect(report).toMatchObject({ lost: 0, violations: [] });
  });
});
