import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needsRedis, startRedis, type RedisServer } from '../../../../apps/redis-kit/src/index.js';
import { fileCache } from '../../../file-cache/src/index.js';
import { redisCache } from '../../../redis-cache/src/index.js';
import { createPass, type Pass, type PassCache } from '../../src/index.js';
import { codeBlocks, readText } from './documents.js';
import { copyCredentials } from './examples/copyCredentials.js';

const secret = 'a secret of more than thirty-two characters';
const devices = Array.from({ length: 20 }, (_, index) => ({
  identifier: `tv-${index}`,
  address: `203.0.113.${index}`,
}));

describe('docs/choosing-a-cache.md', () => {
  it('holds that program word for word', () => {
    const text = readText('packages/core/test/docs/examples/copyCredentials.ts');
    expect(codeBlocks(readText('docs/choosing-a-cache.md'), 'ts')).toContain(
      text.replace("'../../../src/index.js'", "'@pass-dcr/core'"),
    );
  });
});

needsRedis(describe)('the program that moves a folder to Redis', () => {
  let folder: string;
  let files: PassCache;
  let redis: RedisServer;
  let shared: PassCache;
  let simulator: Simulator;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pass-dcr-move-'));
    files = fileCache({ path: folder });
    redis = await startRedis();
    const sendCommand = async (
      _key: unknown,
      _isReadOnly: boolean,
      args: readonly string[],
    ): Promise<unknown> => await redis.command(args[0] ?? '', ...args.slice(1));
    shared = redisCache({ sendCommand, readTimeoutMs: 2_000, swapTimeoutMs: 2_000 });
    simulator = await createSimulator();
  });

  afterEach(async () => {
    await Promise.all([files.close?.(), shared.close?.()]);
    await Promise.all([redis.stop(), simulator.close()]);
    rmSync(folder, { recursive: true });
  });

  const passOn = (cache: PassCache, more: { readonly secret?: string } = {}): Pass =>
    createPass({
      environment: 'local',
      baseUrl: simulator.url,
      softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
      serviceProvider: 'REF30',
      application: 'tv',
      secret,
      cache,
      ...more,
    });

  async function serveAll(cache: PassCache): Promise<void> {
    await using pass = passOn(cache);
    await Promise.all(devices.map(async (device) => await pass.authenticate(device)));
  }

  it('takes every device along: nobody is registered again', async () => {
    await serveAll(files);
    expect(await copyCredentials(files, shared, 'lo:tv')).toBe(devices.length + 1);
    await serveAll(shared);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(devices.length);
  });

  it('writes only what has changed when it runs again', async () => {
    await serveAll(files);
    await copyCredentials(files, shared, 'lo:tv');
    expect(await copyCredentials(files, shared, 'lo:tv')).toBe(0);
  });

  it('takes along what guards against another secret', async () => {
    await serveAll(files);
    await copyCredentials(files, shared, 'lo:tv');
    await using pass = passOn(shared, { secret: 'another secret of more than thirty-two characters' });
    await expect(pass.authenticate({ identifier: 'tv-1' })).rejects.toMatchObject({
      code: 'secret_mismatch',
    });
  });
});
