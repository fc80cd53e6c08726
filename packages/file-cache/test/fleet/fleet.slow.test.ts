import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Worker, type WorkerAnswer } from './Worker.js';

const secret = 'a secret for tests only, 0123456789abcdef';
const many = inject('everything') ? 300 : 60;
const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

describe('processes of one host on one file cache', { timeout: 60_000 }, () => {
  let simulator: Simulator;
  let path: string;
  let workers: Worker[];

  beforeEach(async () => {
    simulator = await createSimulator();
    path = await mkdtemp(join(tmpdir(), 'pass-dcr-fleet-'));
    workers = [];
  });

  afterEach(async () => {
    await Promise.all(workers.map(async (worker) => await worker.stop()));
    await simulator.close();
    await rm(path, { recursive: true, force: true });
  });

  async function start(): Promise<Worker> {
    const softwareStatement = simulator.issueSoftwareStatement({ application: 'tv' });
    const worker = await Worker.start({ baseUrl: simulator.url, softwareStatement, path, secret });
    workers.push(worker);
    return worker;
  }

  async function answered(
    worker: Worker,
    devices: readonly number[],
    requestsEach: number,
  ): Promise<WorkerAnswer> {
    const answer = await worker.authenticate(devices, requestsEach);
    if (answer === null) throw new Error('the worker died');
    return answer;
  }

  async function startFour(): Promise<readonly Worker[]> {
    return await Promise.all([start(), start(), start(), start()]);
  }

  it('make one registration and one token request for a thousand first requests of one device', async () => {
    const fleet = await startFour();
    const answers = await Promise.all(fleet.map(async (worker) => await answered(worker, [1], 250)));
    expect(answers.map(({ failures }) => failures)).toEqual([{}, {}, {}, {}]);
    expect(new Set(answers.flatMap(({ clientIds }) => clientIds['1'] ?? [])).size).toBe(1);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(1);
  });

  it('make one of each per device for many devices, and all hand out the same client ids', async () => {
    const devices = Array.from({ length: many }, (_, index) => index + 1);
    const fleet = await startFour();
    const answers = await Promise.all(fleet.map(async (worker) => await answered(worker, devices, 1)));
    expect(answers.map(({ failures }) => failures)).toEqual([{}, {}, {}, {}]);
    for (const device of devices) {
      expect(new Set(answers.map(({ clientIds }) => clientIds[device]?.join())).size).toBe(1);
    }
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(many);
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(many);
  });

  it.each(['stop', 'kill'] as const)('know a hundred devices after a restart (%s)', async (ending) => {
    const first = await start();
    const before = await answered(first, hundred, 1);
    expect(Object.keys(before.clientIds)).toHaveLength(100);
    await first[ending]();
    const second = await start();
    const after = await answered(second, hundred, 1);
    expect(after).toEqual(before);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(100);
  });
});
