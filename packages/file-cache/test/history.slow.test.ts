import { checkHistory, recordHistory } from '@pass-dcr/conformance';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';
import { temporaryFolder } from './support/temporaryFolder.js';

/** `npm run proofs` asks for 100 000. */
const operations = Number(process.env['HISTORY_OPERATIONS'] ?? 4_000);

describe('the history of three processes on one folder', { timeout: 230_000 }, () => {
  it('is that of a register with compare-and-set for each key', async () => {
    const path = temporaryFolder();
    const processes = await Promise.all([1, 2, 3].map(async () => await CacheProcess.start(path)));
    onTestFinished(async () => void (await Promise.all(processes.map(async (one) => await one.kill()))));
    const caches = processes.map((one) => one.asCache());
    const report = checkHistory(await recordHistory({ caches, operations, timeoutMs: 20_000 }));
    process.stdout.write(`history of a file: ${JSON.stringify(report)}\n`);
    expect(report).toMatchObject({ operations, unknown: 0, lost: 0, violations: [] });
  });
});
