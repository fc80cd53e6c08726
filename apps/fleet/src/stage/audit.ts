import type { Audit } from '../checks/History.js';
import type { WorkerOptions } from '../worker/WorkerOptions.js';
import type { Stage } from './Stage.js';

/** A device may still be told of what went wrong before: so long it asks again. */
const patienceMs = 30_000;
const pauseMs = 500;

/** Asks for each device with a process that remembers nothing: what it is given is what Redis holds. */
export async function audit(
  stage: Stage,
  devices: readonly number[],
  settings: Partial<WorkerOptions> & Pick<WorkerOptions, 'redis'>,
): Promise<readonly Audit[]> {
  const auditor = await stage.startWorker(`auditor${stage.workers.length}`, settings);
  const givenUpAt = Date.now() + patienceMs;
  const found = new Map<number, string | null>();
  let left = devices;
  for (;;) {
    const answers = await stage.driver.callEach(auditor, left);
    for (const [index, device] of left.entries()) found.set(device, answers[index]?.clientId ?? null);
    left = left.filter((device) => (found.get(device) ?? null) === null);
    if (left.length === 0 || Date.now() > givenUpAt) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  await auditor.close();
  return devices.map((device) => ({ device, clientId: found.get(device) ?? null }));
}

/** Every device that a request was answered for. */
export function devicesServed({ chronicle }: Stage): readonly number[] {
  return [...chronicle.pairs.keys()];
}
