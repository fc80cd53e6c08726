import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PassCache } from '@pass-dcr/core';
import { redisCache } from '@pass-dcr/redis-cache';
import {
  canTrace,
  startRedis,
  traced,
  valkeyWithWaitAof,
  type FoundServer,
  type RedisServer,
  type TracedServer,
} from '@pass-dcr/redis-kit';
import { Redis } from 'ioredis6';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from './support/eventually.js';
import { ofIoredis } from './support/TestClient.js';

const found: FoundServer = canTrace() ? valkeyWithWaitAof() : { missing: 'strace cannot be run here' };
const skipped = 'missing' in found ? ` (needs Valkey 8 and strace: ${found.missing})` : '';
const lasting = { value: 'x'.repeat(200), ttlMs: null };

describe.skipIf('missing' in found)(
  `credentials in a Valkey that loses what is not on its disk${skipped}`,
  () => {
    const startValkey = async (
      appendfsync: 'always' | 'everysec',
    ): Promise<{ readonly valkey: RedisServer; readonly tracer: TracedServer }> => {
      if ('missing' in found) throw new Error(found.missing);
      const dir = mkdtempSync(join(tmpdir(), 'pass-dcr-durable-'));
      onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
      const tracer = traced(found.program, dir);
      const valkey = await startRedis({
        program: tracer.program,
        dir,
        appendOnly: true,
        config: { appendfsync },
      });
      onTestFinished(async () => await valkey.stop());
      return { valkey, tracer };
    };
    const cacheOf = (valkey: RedisServer): PassCache => {
      const { client, end } = ofIoredis(new Redis(valkey.port, valkey.host));
      const cache = redisCache({ client, disk: true, swapTimeoutMs: 4_000 });
      onTestFinished(async () => {
        await cache.close?.();
        await end();
      });
      return cache;
    };
    const keptOf = async (valkey: RedisServer, keys: readonly string[]): Promise<number> =>
      Number(await valkey.command('EXISTS', ...keys));

    it('are told as durable, and are there after a power cut, where each write is flushed', async () => {
      const { valkey, tracer } = await startValkey('always');
      const cache = cacheOf(valkey);
      const durable: string[] = [];
      const store = async (name: string): Promise<void> => {
        for (let index = 0; ; index += 1) {
          const key = `durable:{${name}-${index}}:c`;
          const result = await cache.swap(key, null, lasting);
          expect(result).toMatchObject({ ok: true, durable: true });
          durable.push(key);
        }
      };
      // They end when the server has gone.
      const stores = Promise.allSettled(['a', 'b', 'c', 'd'].map(store));
      await eventually('two hundred writes', () => durable.length >= 200);
      await valkey.kill();
      await cache.close?.();
      await stores;
      tracer.cutToFlushed();
      await valkey.restart();
      process.stdout.write(`Valkey cut back to what was flushed: ${durable.length} were told as durable\n`);
      expect(durable.length).toBeGreaterThanOrEqual(200);
      expect(await keptOf(valkey, durable)).toBe(durable.length);
    }, 60_000);

    it('are not told as durable where the server says so before it has flushed, as Valkey does once a second', async () => {
      const { valkey, tracer } = await startValkey('everysec');
      const before = tracer.flushes().count;
      for (let index = 0; index < 20; index += 1) {
        await valkey.command('SET', `direct-${index}`, 'x');
        expect(await valkey.command('WAITAOF', 1, 0, 4_000)).toEqual([1, 0]);
      }
      // The control: were each answer true, there would have been a flush for each.
      expect(tracer.flushes().count - before).toBeLessThan(20);
      const cache = cacheOf(valkey);
      for (let index = 0; index < 20; index += 1) {
        const result = await cache.swap(`durable:{${index}}:c`, null, lasting);
        expect(result).toMatchObject({ ok: true });
        expect(result).not.toHaveProperty('durable');
      }
      const finding = (await cache.check?.())?.find(({ code }) => code === 'redis_replica_not_confirmed');
      expect(finding?.message).toMatch(/^20 writes .* with Valkey or Redis 7\.4 appendfsync always\.$/);
    }, 60_000);
  },
);
