import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPass, type Pass } from '@pass-dcr/core';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { open } from 'lmdb';
import { expect, it, onTestFinished } from 'vitest';
import { fileCache } from '../src/index.js';

const device = { identifier: 'a device to be forgotten', address: '203.0.113.1' };

const passIn = (path: string, simulator: Simulator): Pass =>
  createPass({
    environment: 'local',
    baseUrl: simulator.url,
    softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
    serviceProvider: 'REF30',
    application: 'tv',
    secret: 'a secret of more than thirty-two characters',
    cache: fileCache({ path }),
  });

/** As `mdb_copy -c` makes it. */
async function compactedCopy(path: string, target: string): Promise<Buffer> {
  await mkdir(target);
  const live = open({ path, noSubdir: false, maxDbs: 2, encoding: 'binary' });
  await live.backup(target, true);
  await live.close();
  return await readFile(join(target, 'data.mdb'));
}

it('a compacted copy of the file holds nothing of a forgotten device', async () => {
  const [folder, simulator] = await Promise.all([
    mkdtemp(join(tmpdir(), 'pass-dcr-forgotten-')),
    createSimulator(),
  ]);
  onTestFinished(async () => {
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  });
  const path = join(folder, 'live');
  const cache = fileCache({ path });
  const pass = passIn(path, simulator);
  await pass.authenticate(device);
  const keys = ['c', 't'].map((kind) => `pass-dcr:lo:tv:{${pass.tagOf(device)}}:${kind}`);
  // The token is stored after it was handed out.
  const valuesOf = async (): Promise<readonly (string | undefined)[]> =>
    (await cache.read(keys, { strong: true })).map((entry) => entry?.value);
  await expect.poll(valuesOf).not.toContain(undefined);
  const records = (await valuesOf()).map((value) => value ?? expect.unreachable());
  const before = await compactedCopy(path, join(folder, 'before'));
  for (const record of records) expect(before.includes(record)).toBe(true);

  await pass.forget(device);
  await pass.close();
  await cache.close?.();
  const after = await compactedCopy(path, join(folder, 'after'));
  for (const record of records) expect(after.includes(record)).toBe(false);
});
