import { cacheConformance } from '@pass-dcr/conformance';
import { describe, expect, it } from 'vitest';
import { MemoryTable } from './MemoryTable.js';
import { tableCache } from './tableCache.js';

const table = new MemoryTable();

describe('tableCache', () => {
  cacheConformance({
    it: it.concurrent,
    expect,
    create: () => tableCache(table),
    createPeer: () => tableCache(table),
  });
});
