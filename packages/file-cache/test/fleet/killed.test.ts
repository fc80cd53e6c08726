import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator } from '@pass-dcr/simulator';
import { expect, inject, it } from 'vitest';
import { Worker, type WorkerOptions } from './Worker.js';

const secret = 'a secret for tests only, 0123456789abcdef';
const devicesPerSet = inject('everything') ? 20 : 6;
/** Each set of devices has processes of its own, one after the other. All sets share one file. */
const sets = inject('everything') ? 11 : 4;
/** Sets at a time: a process takes a third of a second of work to start, and another waits for leases meanwhile. */
const lanes = 4;
const killsPerSet = devicesPerSet - 1;
const kills = sets * killsPerSet;
/** Short, because a killed process leaves its leases behind, and the next one waits for them. */
const machine = { leaseMs: 400, upstreamTimeoutMs: 300 };

it(
  `every device ends with one pair, and none that was handed out is replaced, when processes are killed between register and store (${kills} times)`,
  { timeout: 60_000 + kills * 1_000 },
  async () => {
    expect(kills).toBeGreaterThanOrEqual(inject('everything') ? 200 : 20);
    await using simulator = await createSimulator();
    const path = await mkdtemp(join(tmpdir(), 'pass-dcr-killed-'));
    const handedOut = new Map<number, Set<string>>();
    const note = (device: number, clientId: string): void => {
      handedOut.set(device, (handedOut.get(device) ?? new Set()).add(clientId));
    };
    const start = async (options: Pick<WorkerOptions, 'machine' | 'dieAtStore'> = {}): Promise<Worker> =>
      await Worker.start({
        baseUrl: simulator.url,
        softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
        path,
        secret,
        ...options,
      });
    let killed = 0;
    const killOneAfterTheOther = async (devices: readonly number[]): Promise<void> => {
      for (let round = 0; round < killsPerSet; round += 1) {
        // The first pair of each round is stored, the second is lost on the way.
        const worker = await start({ machine, dieAtStore: 2 });
        expect(await worker.authenticate(devices, 1, note)).toBeNull();
        killed += 1;
      }
    };
    const numbers = (from: number, count: number): readonly number[] =>
      Array.from({ length: count }, (_, index) => from + index);
    try {
      const seen = numbers(1, sets * devicesPerSet);
      const waiting = [...numbers(0, sets)];
      await Promise.all(
        numbers(0, lanes).map(async () => {
          for (let set = waiting.shift(); set !== undefined; set = waiting.shift()) {
            await killOneAfterTheOther(numbers(set * devicesPerSet + 1, devicesPerSet));
          }
        }),
      );
      expect(killed).toBe(kills);
      const survivor = await start();
      const answer = await survivor.authenticate(seen, 1, note);
      await survivor.stop();
      expect(answer?.failures).toEqual({});
      expect(Object.keys(answer?.clientIds ?? {})).toHaveLength(seen.length);
      for (const device of seen) expect([device, handedOut.get(device)?.size]).toEqual([device, 1]);
      // Each kill orphaned at least the pair that it lost, and no orphan was ever used.
      const registered = simulator.ledger.entries({ endpoint: 'register', status: 201 });
      expect(registered.length).toBeGreaterThanOrEqual(seen.length + kills);
      const used = simulator.ledger.entries({ endpoint: 'token', status: 201 });
      expect(new Set(used.map(({ clientId }) => clientId)).size).toBe(seen.length);
    } finally {
      await rm(path, { recursive: true, force: true });
    }
  },
);
