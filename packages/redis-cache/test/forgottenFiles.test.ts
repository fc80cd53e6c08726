import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPass } from '@pass-dcr/core';
import { redisCache } from '@pass-dcr/redis-cache';
import { needsRedis, startRedis } from '@pass-dcr/redis-kit';
import { createSimulator } from '@pass-dcr/simulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { singleClients } from './support/singleClients.js';

const device = { identifier: 'a device to be forgotten', address: '203.0.113.1' };

/** The names of the files below `folder` that hold `text`. */
async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) =>
    file.isFile(),
  );
  const found = await Promise.all(
    files.map(async ({ parentPath, name }) => (await readFile(join(parentPath, name))).includes(text)),
  );
  return files.filter((_, index) => found[index]).map(({ name }) => name);
}

needsRedis(describe)('the files of Redis', () => {
  it('hold nothing of a forgotten device once they were written anew', async () => {
    const [server, simulator] = await Promise.all([startRedis({ appendOnly: true }), createSimulator()]);
    onTestFinished(async () => void (await Promise.all([server.stop(), simulator.close()])));
    const { client, end } = await singleClients['ioredis 6'](server);
    onTestFinished(end);
    await using pass = createPass({
      environment: 'local',
      baseUrl: simulator.url,
      softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
      serviceProvider: 'REF30',
      application: 'tv',
      secret: 'a secret of more than thirty-two characters',
      cache: redisCache({ client }),
    });
    await pass.authenticate(device);
    const keys = ['c', 't'].map((kind) => `pass-dcr:lo:tv:{${pass.tagOf(device)}}:${kind}`);
    // The token is stored after it was handed out.
    await expect.poll(async () => await server.command('MGET', ...keys)).not.toContain(null);
    const records = (await server.command('MGET', ...keys)) as string[];
    await server.command('SAVE');

    await pass.forget(device);
    for (const record of records) expect(await filesWith(server.dir, record)).toHaveLength(2);

    // What docs/operations.md tells to run.
    await server.command('BGREWRITEAOF');
    await expect.poll(async () => (await server.info('persistence'))['aof_rewrite_in_progress']).toBe('0');
    await expect.poll(async () => (await server.info('persistence'))['aof_rewrite_scheduled']).toBe('0');
    await server.command('SAVE');
    for (const record of records)
      await expect.poll(async () => await filesWith(server.dir, record), { timeout: 5_000 }).toEqual([]);
  });
});
