import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { deviceIdentifier, randomIndexes, randomToken } from './devices.js';
import { createLocalPass, fill, internalsOf } from './localPass.js';
import { timeArms, type Arm, type Timing } from './stopwatch.js';

/** Bytes for each device, and what a synchronous hit takes among that many. */
export interface Footprint {
  readonly devices: number;
  readonly rss: number;
  readonly heap: number;
  readonly fillMs: number;
  /** A bare Map, the same again, the pool. Empty where it was not asked for. */
  readonly hits: readonly Timing[];
}

interface Entry {
  readonly accessToken: string;
  readonly servableUntil: number;
}

/** The pool of a `Pass` with so many devices in memory. */
export async function poolFootprint(devices: number): Promise<Footprint> {
  const pass = createLocalPass(devices);
  await warmUp();
  const before = await settledMemory();
  const started = performance.now();
  await fill(pass, devices);
  const fillMs = performance.now() - started;
  const after = await settledMemory();
  const internals = internalsOf(pass);
  const entries = bareMap(devices);
  const hits = await timeHits(devices, entries, (identifier) =>
    internals.client({ identifier }, undefined).needsToken() ? 0 : 1,
  );
  await pass.close();
  return { devices, ...perDevice(before, after, devices), fillMs, hits };
}

/** Loads and compiles the code, and gives the heap its first pages, before anything is counted. */
async function warmUp(): Promise<void> {
  const pass = createLocalPass(2_000);
  await fill(pass, 2_000);
  await pass.close();
}

/** The least that could be: a Map from identifier to token and instant. */
export async function mapFootprint(devices: number): Promise<Footprint> {
  bareMap(2_000);
  const before = await settledMemory();
  const started = performance.now();
  const entries = bareMap(devices);
  const fillMs = performance.now() - started;
  const after = await settledMemory();
  if (entries.size !== devices) throw new Error(`the map holds ${entries.size} of ${devices} devices`);
  return { devices, ...perDevice(before, after, devices), fillMs, hits: [] };
}

function bareMap(devices: number): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const servableUntil = Date.now() + 86_400_000;
  for (let index = 0; index < devices; index += 1) {
    entries.set(deviceIdentifier(index), { accessToken: randomToken(), servableUntil });
  }
  return entries;
}

async function timeHits(
  devices: number,
  entries: Map<string, Entry>,
  poolHit: (identifier: string) => number,
): Promise<Timing[]> {
  let seed = 1;
  let identifiers: string[] = [];
  let hits = 0;
  const prepare = (times: number): void => {
    seed += 1;
    identifiers = randomIndexes(times, devices, seed * 0x9e3779b1).map(deviceIdentifier);
  };
  const all = (times: number): void => {
    if (hits !== times) throw new Error(`${hits} hits in ${times} look-ups`);
    hits = 0;
  };
  const bare = (name: string): Arm => ({
    name,
    prepare,
    run(times) {
      for (const identifier of identifiers) {
        const entry = entries.get(identifier);
        if (entry !== undefined && Date.now() < entry.servableUntil) hits += 1;
      }
      all(times);
    },
  });
  const pool: Arm = {
    name: 'the pool: client made, token looked up',
    prepare,
    run(times) {
      for (const identifier of identifiers) hits += poolHit(identifier);
      all(times);
    },
  };
  return await timeArms([bare('bare Map'), bare('bare Map (A/A)'), pool], { rounds: 60 });
}

interface Memory {
  readonly rss: number;
  readonly heap: number;
}

/**
 * After two full collections that also compact: registering that many devices at full speed leaves holes between what
 * stays, which are the filling's and not the devices'. The least of the readings that follow, because the pages go back
 * to the system in the background. Compacting once more would not help: it takes new pages before it gives back the old.
 */
async function settledMemory(): Promise<Memory> {
  if (globalThis.gc === undefined) throw new Error('memory is measured with --expose-gc');
  setFlagsFromString('--compact-on-every-full-gc');
  globalThis.gc();
  await sleep(500);
  globalThis.gc();
  setFlagsFromString('--no-compact-on-every-full-gc');
  let rss = Infinity;
  for (let reading = 0; reading < 20; reading += 1) {
    await sleep(100);
    rss = Math.min(rss, process.memoryUsage.rss());
  }
  const { heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

function perDevice(before: Memory, after: Memory, devices: number): Memory {
  return { rss: (after.rss - before.rss) / devices, heap: (after.heap - before.heap) / devices };
}
