import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createSimulator, type LedgerEntry } from '@pass-dcr/simulator';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { Worker } from './Worker.js';

const run = promisify(execFile);
const hourMs = 3_600_000;
/** As many as one process may replace within five minutes. */
const devices = [1, 2, 3, 4, 5];

describe(
  'a backup from before a replacement, restored beside a process that runs on',
  { timeout: 60_000 },
  () => {
    const renewers = [
      ['the process that has the replacement', 'keeper'],
      ['the other process', 'newcomer'],
    ] as const;
    it.each(inject('everything') ? renewers : renewers.slice(0, 1))(
      'leaves a process with old pairs at most until it renews; the higher generation wins everywhere, whoever renews first (%s), and nobody registers',
      async (_name, first) => {
        await using simulator = await createSimulator({ throttle: 'off' });
        const folder = await mkdtemp(join(tmpdir(), 'pass-dcr-restore-'));
        onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
        const [path, backup] = [join(folder, 'live'), join(folder, 'backup')];
        const workers: Worker[] = [];
        onTestFinished(
          async () => void (await Promise.all(workers.map(async (worker) => await worker.stop()))),
        );
        const start = async (): Promise<Worker> => {
          const worker = await Worker.start({
            baseUrl: simulator.url,
            softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
            path,
            secret: 'a secret for tests only, 0123456789abcdef',
            replacement: { refusalGapMs: 50, spanWithFewMs: 50, spanWithYoungerMs: 50 },
            // All will be dead at once, which nobody but an operator can tell from an incident.
            allowedReplacements: devices.length,
            followsSimulator: true,
            asksForProfiles: true,
          });
          workers.push(worker);
          return worker;
        };
        /** The pair with which each device calls the API, by device number. */
        const pairsUsedBy = async (worker: Worker): Promise<readonly (string | undefined)[]> => {
          const mark = simulator.ledger.mark();
          expect((await worker.authenticate(devices, 1))?.failures).toEqual({});
          const calls = simulator.ledger.entries({ since: mark, endpoint: 'profiles', status: 200 });
          const callOf = (n: number): LedgerEntry | undefined =>
            calls.find(({ device }) => device === `device-${n}`);
          return devices.map((n) => callOf(n)?.clientId);
        };

        // A backup as the documentation has it: no process, data.mdb alone.
        const before = await start();
        const old = await pairsUsedBy(before);
        await before.stop();
        await mkdir(backup);
        await copyFile(join(path, 'data.mdb'), join(backup, 'data.mdb'));

        const keeper = await start();
        for (const { clientId } of simulator.clients()) simulator.revokeClient(clientId);
        simulator.clock.advance(6 * hourMs);
        const replacements = await pairsUsedBy(keeper);
        expect(new Set([...old, ...replacements]).size).toBe(2 * devices.length);

        // Adobe Pass takes the old pairs again, and somebody restores the backup.
        for (const clientId of old) simulator.restoreClient(clientId ?? '');
        await run(process.execPath, [fileURLToPath(new URL('restore.mjs', import.meta.url)), backup, path]);
        const mark = simulator.ledger.mark();
        const newcomer = await start();
        // The old one, unless the process that has the other was quicker to look and put it back.
        for (const [index, used] of (await pairsUsedBy(newcomer)).entries())
          expect([old[index], replacements[index]]).toContain(used);
        expect(await pairsUsedBy(keeper)).toEqual(replacements);

        const [earlier, later] = first === 'keeper' ? [keeper, newcomer] : [newcomer, keeper];
        simulator.clock.advance(6 * hourMs);
        await pairsUsedBy(earlier);
        expect(await pairsUsedBy(later)).toEqual(replacements);
        simulator.clock.advance(6 * hourMs);
        expect(await pairsUsedBy(earlier)).toEqual(replacements);
        expect(await pairsUsedBy(later)).toEqual(replacements);
        expect(await pairsUsedBy(await start())).toEqual(replacements);
        expect(simulator.ledger.count({ since: mark, endpoint: 'register' })).toBe(0);
        expect(simulator.ledger.count({ since: mark, endpoint: 'token', status: 400 })).toBe(0);
      },
    );
  },
);
