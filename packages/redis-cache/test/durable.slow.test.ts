import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { PassCache } from '@pass-dcr/core';
import { redisCache } from '@pass-dcr/redis-cache';
import { startRedis, valkeyWithWaitAof, type FoundServer } from '@pass-dcr/redis-kit';
import { Redis } from 'ioredis6';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ofIoredis } from './support/TestClient.js';

const hasStrace = spawnSync('strace', ['-D', '-e', 'trace=none', 'true']).status === 0;
const server: FoundServer = hasStrace ? valkeyWithWaitAof() : { missing: 'strace cannot be run here' };
const skipped = 'missing' in server ? ` (needs Valkey 8 and strace: ${server.missing})` : '';

/** A program that runs the server under strace, with the process identifier of the server. */
function traced(program: string, folder: string): { readonly program: string; readonly trace: string } {
  const trace = join(folder, 'trace');
  const script = join(folder, 'server.sh');
  const calls = 'trace=write,fdatasync,fsync';
  writeFileSync(
    script,
    `#!/bin/sh\nexec strace -D -f -yy -s 0 -e ${calls} -o '${trace}' '${program}' "$@"\n`,
    {
      mode: 0o755,
    },
  );
  return { program: script, trace };
}

/** How much of the append-only file had been written when the last flush of it began that has ended. */
function flushedBytes(trace: string): number {
  let written = 0;
  let flushed = 0;
  const begun = new Map<string, { readonly name: string; readonly at: number }>();
  const end = (call: { readonly name: string; readonly at: number }, result: number): void => {
    if (call.name === 'write') written += result;
    else if (result === 0) flushed = Math.max(flushed, call.at);
  };
  for (const line of trace.split('\n')) {
    const [, pid = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const result = Number(/= (-?\d+)/.exec(rest)?.[1] ?? Number.NaN);
    if (rest.includes(' resumed>')) {
      const call = begun.get(pid);
      if (call !== undefined) end(call, result);
      begun.delete(pid);
      continue;
    }
    const [, name] = /^(write|fdatasync|fsync)\(\d+<[^>]*\.incr\.aof>/.exec(rest) ?? [];
    if (name === undefined) continue;
    const call = { name, at: written };
    if (rest.endsWith('<unfinished ...>')) begun.set(pid, call);
    else end(call, result);
  }
  return flushed;
}

describe.skipIf('missing' in server)(
  `credentials in a Valkey that loses what is not on its disk${skipped}`,
  () => {
    it(
      'are there where they were told as durable; of the others some are gone',
      { timeout: 60_000 },
      async () => {
        if ('missing' in server) return;
        const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-durable-'));
        onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
        const { program, trace } = traced(server.program, folder);
        const valkey = await startRedis({
          program,
          dir: folder,
          appendOnly: true,
          config: { appendfsync: 'everysec' },
        });
        onTestFinished(async () => await valkey.stop());
        const cacheWith = (options: {
          readonly disk?: boolean;
          readonly swapTimeoutMs?: number;
        }): PassCache => {
          const { client, end } = ofIoredis(new Redis(valkey.port, valkey.host));
          const cache = redisCache({ client, ...options });
          onTestFinished(async () => {
            await cache.close?.();
            await end();
          });
          return cache;
        };

        const durable: string[] = [];
        const others: string[] = [];
        const endsAt = performance.now() + 5_000;
        const storeFor = async (name: string, cache: PassCache, pauseMs: number): Promise<void> => {
          for (let index = 0; performance.now() < endsAt; index += 1) {
            const key = `durable:{${name}-${index}}:c`;
            const result = await cache.swap(key, null, { value: 'x'.repeat(200), ttlMs: null });
            if (!result.ok) throw new Error('a fresh key met a conflict');
            (result.durable === true ? durable : others).push(key);
            await setTimeout(pauseMs);
          }
        };
        const patient = cacheWith({ disk: true, swapTimeoutMs: 4_000 });
        await Promise.all([
          ...['a', 'b', 'c', 'd'].map(async (name) => await storeFor(`waits-${name}`, patient, 0)),
          storeFor('soon', cacheWith({ disk: true, swapTimeoutMs: 400 }), 10),
          storeFor('never', cacheWith({}), 5),
        ]);
        const last = cacheWith({});
        for (let index = 0; index < 20; index += 1) {
          const key = `durable:{last-${index}}:c`;
          await last.swap(key, null, { value: 'x', ttlMs: null });
          others.push(key);
        }
        await valkey.kill();

        const flushed = flushedBytes(readFileSync(trace, 'utf8'));
        const files = join(folder, 'appendonlydir');
        const [file = ''] = readdirSync(files).filter((name) => name.endsWith('.incr.aof'));
        truncateSync(join(files, file), flushed);
        await valkey.restart();
        const kept = async (keys: readonly string[]): Promise<number> =>
          keys.length === 0 ? 0 : Number(await valkey.command('EXISTS', ...keys));
        const [durableKept, othersKept] = [await kept(durable), await kept(others)];
        process.stdout.write(
          `Valkey cut back to what was flushed: ${durableKept} of ${durable.length} told as durable are there, ${othersKept} of ${others.length} others\n`,
        );
        expect(durable.length).toBeGreaterThan(10);
        expect(durableKept).toBe(durable.length);
        expect(othersKept).toBeLessThan(others.length);
      },
    );
  },
);
