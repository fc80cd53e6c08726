import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator } from '@pass-dcr/simulator';
import { expect, it } from 'vitest';
import { Worker } from './Worker.js';

const secret = 'a secret for tests only, 0123456789abcdef';
const devicesPerSet = 20;
/** 200 by `PASS_DCR_KILLS=200`; a few in every run. */
const kills = Number(process.env['PASS_DCR_KILLS'] ?? 20);
/** Short, because a killed process leaves its leases behind, and the next one waits for them. */
const policy = { leaseMs: 400, upstreamTimeoutMs: 300 };

it(
  `every device ends with one pair, and none that was handed out is replaced, when processes are killed between register and store (${kills} times)`,
  { timeout: 60_000 + kills * 5_000 },
  async () => {
    await using simulator = await createSimulator();
    const path = await mkdtemp(join(tmpdir(), 'pass-dcr-killed-'));
    const handedOut = new Map<number, Set<string>>();
    const note = (device: number, clientId: string): void => {
      handedOut.set(device, (handedOut.get(device) ?? new Set()).add(clientId));
    };
    const start = async (dieAtStore?: number): Promise<Worker> =>
      await Worker.start({
        baseUrl: simulator.url,
        softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
        path,
        secret,
        policy,
        ...(dieAtStore === undefined ? {} : { dieAtStore }),
      });
    try {
      let killed = 0;
      const seen: number[] = [];
      for (let set = 0; killed < kills; set += 1) {
        const devices = Array.from({ length: devicesPerSet }, (_, index) => set * devicesPerSet + index + 1);
        seen.push(...devices);
        for (let round = 0; round < devicesPerSet - 1 && killed < kills; round += 1) {
          // The first pair of each round is stored, the second is lost on the way.
          const worker = await start(2);
          const answer = await worker.authenticate(devices, 1, note);
          expect(answer).toBeNull();
          killed += 1;
        }
      }
      const survivor = await start();
      const answer = await survivor.authenticate(seen, 1, note);
      await survivor.stop();
      expect(answer?.failures).toEqual({});
      expect(Object.keys(answer?.clientIds ?? {})).toHaveLength(seen.length);
      for (const device of seen) expect([device, handedOut.get(device)?.size]).toEqual([device, 1]);
      // Each kill orphaned at least the pair that it lost, and no orphan was ever used.
      expect(simulator.ledger.count({ endpoint: 'register', status: 201 })).toBeGreaterThanOrEqual(
        seen.length + kills,
      );
    } finally {
      await rm(path, { recursive: true, force: true });
    }
  },
);
