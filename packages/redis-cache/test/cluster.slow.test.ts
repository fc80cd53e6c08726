import type { CacheEntry, PassCache } from '@pass-dcr/core';
import { redisCache } from '@pass-dcr/redis-cache';
import { needsRedis, startCluster, type Cluster, type RedisServer } from '@pass-dcr/redis-kit';
import { Cluster as IoredisCluster } from 'ioredis6';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { clusterClients } from './support/clusterClients.js';
import { eventually } from './support/eventually.js';
import { ofIoredis } from './support/TestClient.js';
import { timeOf } from './support/timeOf.js';

const lasting = (value: string) => ({ value, ttlMs: null }) as const;

needsRedis(describe)('on a Cluster', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  }, 60_000);
  afterAll(async () => {
    await cluster.stop();
  });

  describe.each(Object.entries(clusterClients))('%s', (name, connect) => {
    const open = async (): Promise<PassCache> => {
      const { client, end } = await connect({ nodes: cluster.addresses, route: {} });
      onTestFinished(end);
      return redisCache({ client, readTimeoutMs: 3000, swapTimeoutMs: 3000 });
    };

    it('loses no write and has no second winner while slots move under load', async () => {
      const [mine, theirs] = await Promise.all([open(), open()]);
      const tag = `move-${name.replace(' ', '-')}`;
      const slot = await cluster.slotOf(`{${tag}}`);
      const from = await cluster.ownerOf(slot);
      const to = cluster.nodes.find((node) => node !== from);
      const moved = new AbortController();
      const winners: boolean[][] = [];
      const load = async (): Promise<void> => {
        for (let round = 0; !moved.signal.aborted || round < 20; round += 1) {
          const keys = Array.from({ length: 5 }, (_, n) => `cluster:{${tag}}:${round}:${n}`);
          const race = async (cache: PassCache): Promise<readonly boolean[]> =>
            await Promise.all(
              keys.map(async (key) => (await cache.swap(key, null, lasting(`of ${round}`))).ok),
            );
          const [one, other] = await Promise.all([race(mine), race(theirs)]);
          winners.push(keys.map((_, n) => one[n] !== other[n]));
          const entries = await mine.read(keys, { strong: true });
          expect(entries.map((entry) => entry?.value)).toEqual(keys.map(() => `of ${round}`));
        }
      };
      const loading = load();
      loading.catch(() => undefined);
      if (to === undefined) throw new Error('there is no other node');
      await cluster.moveSlot(slot, to, {
        whileMigrating: async () =>
          void (await mine.swap(`cluster:{${tag}}:meanwhile`, null, lasting('meanwhile'))),
      });
      moved.abort();
      await loading;
      expect(winners.flat().every(Boolean)).toBe(true);
      expect(await theirs.read([`cluster:{${tag}}:meanwhile`])).toMatchObject([{ value: 'meanwhile' }]);
      await cluster.moveSlot(slot, from);
    });

    it('reads a device that has moved while its slot has not, of whose records some do not exist', async () => {
      const { client, end } = await connect({ nodes: cluster.addresses, route: {} });
      onTestFinished(end);
      // With the time that a read has unless it is told otherwise.
      const cache = redisCache({ client });
      const tag = `split-${name.replace(' ', '-')}`;
      const [credentials, token, lease] = ['c', 't', 'l'].map((part) => `cluster:{${tag}}:${part}`);
      if (credentials === undefined || token === undefined || lease === undefined) throw new Error('no keys');
      await cache.swap(credentials, null, lasting('credentials'));
      const slot = await cluster.slotOf(`{${tag}}`);
      const from = await cluster.ownerOf(slot);
      const to = cluster.nodes.find((node) => node !== from);
      if (to === undefined) throw new Error('there is no other node');
      const met: (readonly (CacheEntry | null)[])[] = [];
      await cluster.moveSlot(slot, to, {
        async whileMigrating() {
          // The new node refuses a command with several keys of which one is absent: it may yet come.
          for (const strong of [false, true])
            for (let round = 0; round < 3; round += 1)
              met.push(await cache.read([credentials, token, lease], { strong }));
        },
      });
      expect(met).toHaveLength(6);
      for (const entries of met) expect(entries).toMatchObject([{ value: 'credentials' }, null, null]);
      await cluster.moveSlot(slot, from);
    });

    it('does not list keys while slots move, and lists all of them afterwards', async () => {
      const cache = await open();
      const tag = `list-${name.replace(' ', '-')}`;
      const keys = Array.from({ length: 300 }, (_, n) => `list:${name.replace(' ', '-')}:{${n}}`);
      await Promise.all(keys.map(async (key) => await cache.swap(key, null, lasting('x'))));
      const list = async (): Promise<ReadonlySet<string>> => {
        const met = new Set<string>();
        for await (const batch of cache.keys?.(`list:${name.replace(' ', '-')}:`) ?? [])
          for (const key of batch) met.add(key);
        return met;
      };
      const slot = await cluster.slotOf(`{${tag}}`);
      const from = await cluster.ownerOf(slot);
      const to = cluster.nodes.find((node) => node !== from);
      if (to === undefined) throw new Error('there is no other node');
      await cluster.moveSlot(slot, to, {
        whileMigrating: async () => expect((await timeOf(list)).result).toMatch(/slots move/),
      });
      expect([...(await list())].toSorted()).toEqual(keys.toSorted());
      await cluster.moveSlot(slot, from);
    });
  });

  it('strong reads go to primaries also where the client reads from replicas', async () => {
    const client = new IoredisCluster([...cluster.addresses], { scaleReads: 'slave' });
    const { end } = ofIoredis(client);
    onTestFinished(end);
    const cache = redisCache({ client, readTimeoutMs: 3000 });
    const key = 'cluster:{scaled}:c';
    const stored = await cache.swap(key, null, lasting('x'));
    const version = stored.ok ? stored.version : '';
    expect(await cache.read([key], { strong: true })).toEqual([{ value: 'x', version }]);
    expect(await cache.read([key])).toEqual([{ value: 'x', version }]);
  });
});

async function mayTakeOver({ nodes }: Cluster, may: boolean, gone?: RedisServer): Promise<void> {
  for (const node of nodes) {
    if (node !== gone) await node.command('CONFIG', 'SET', 'cluster-replica-no-failover', may ? 'no' : 'yes');
  }
}

needsRedis(describe)('a Cluster that loses a primary', () => {
  it.each(Object.entries(clusterClients))(
    'goes on for the devices of the others through %s, and tells when its replica has taken over',
    { timeout: 60_000 },
    async (name, connect) => {
      const cluster = await startCluster({ replicasEach: 1 });
      onTestFinished(async () => await cluster.stop());
      const { client, end } = await connect({ nodes: cluster.addresses, route: {} });
      onTestFinished(end);
      // Where a node is lost, iovalkey keeps some commands to the others for a quarter of a second.
      const cache = redisCache({ client, readTimeoutMs: 1000 });
      const back = vi.fn<() => void>();
      cache.onReconnect?.(back);
      const keys = Array.from({ length: 60 }, (_, n) => `lost:{${n}}:c`);
      await Promise.all(keys.map(async (key) => await cache.swap(key, null, lasting('x'))));
      const [victim] = cluster.nodes;
      if (victim === undefined) throw new Error('there is no node');
      const owners = await Promise.all(
        keys.map(async (key) => (await cluster.ownerOf(await cluster.slotOf(key))) === victim),
      );
      const [its, others] = [keys.filter((_, n) => owners[n]), keys.filter((_, n) => !owners[n])];
      await eventually('the replica', async () => {
        const { master_repl_offset: offset, slave0 } = await victim.info('replication');
        return slave0?.includes(`offset=${offset},`) === true;
      });
      back.mockClear();
      // However slow this machine is, nobody takes over before it is looked at.
      await mayTakeOver(cluster, false);
      await victim.kill();

      const readAll = async (some: readonly string[]): Promise<readonly unknown[]> =>
        await Promise.all(
          some.map(async (key) => (await timeOf(async () => await cache.read([key]))).result),
        );
      // Every device of its own is refused, and the breaker does not refuse those of the others.
      const [lost, served] = await Promise.all([readAll(its), readAll(others)]);
      expect(lost.filter((result) => result === 'ok')).toEqual([]);
      for (const results of [served, await readAll(others), await readAll(others)])
        expect(results.filter((result) => result !== 'ok')).toEqual([]);
      expect(back).not.toHaveBeenCalled();

      await mayTakeOver(cluster, true, victim);
      await cluster.settled();
      await eventually(
        `${name} reaches the new primary`,
        async () => {
          for (const key of its)
            expect(await cache.read([key], { strong: true })).toMatchObject([{ value: 'x' }]);
          return true;
        },
        30_000,
      );
      await eventually('the call', () => back.mock.calls.length > 0, 5000);
    },
  );
});
