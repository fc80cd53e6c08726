import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheConformance } from '@pass-dcr/conformance';
import { fileCache } from '@pass-dcr/file-cache';
import { afterAll, describe, expect, it } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';

const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-file-cache-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('fileCache with a peer in another process', () => {
  cacheConformance({
    it,
    expect,
    create: () => fileCache({ path: join(folder, 'peer') }),
    createPeer: async () => (await CacheProcess.start(join(folder, 'peer'))).asCache(),
  });
});

describe('fileCache with a peer in the same process', () => {
  const path = join(folder, 'twice');
  cacheConformance({
    it,
    expect,
    create: () => fileCache({ path }),
    createPeer: () => fileCache({ path }),
  });
});
