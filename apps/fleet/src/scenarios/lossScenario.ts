import { audit } from '../stage/audit.js';
import type { Stage } from '../stage/Stage.js';
import type { Worker } from '../stage/Worker.js';
import type { RedisTarget } from '../worker/WorkerOptions.js';

/** Registers each device with one of the workers, in turn. */
export async function register(
  stage: Stage,
  workers: readonly Worker[],
  devices: readonly number[],
): Promise<void> {
  await Promise.all(
    workers.map((worker, index) =>
      stage.driver.callEach(
        worker,
        devices.filter((_, each) => each % workers.length === index),
      ),
    ),
  );
  const served = devices.filter((device) => stage.chronicle.pairs.has(device)).length;
  stage.claims.equal('devices that have a pair', served, devices.length);
}

/**
 * After a loss: living processes are asked for what they have, and at once a process that remembers nothing is asked
 * for everything. It must be given the pairs that the living have.
 */
export async function expectRestored(
  stage: Stage,
  redis: RedisTarget,
  devices: readonly number[],
): Promise<void> {
  const { claims, upstream } = stage;
  const before = await upstream.count('register');
  const startedMs = performance.now();
  const audits = await audit(stage, devices, { redis });
  claims.note('every device asked for in a new process', `${Math.round(performance.now() - startedMs)} ms`);
  claims.equal('registrations since the loss', (await upstream.count('register')) - before, 0);
  await stage.judge({ audits, writesAreComplete: false });
}

/** How many credentials a server holds. */
export async function storedPairs(server: {
  command(name: string, ...args: string[]): Promise<unknown>;
}): Promise<number> {
  const keys = await server.command('KEYS', '*}:c');
  return Array.isArray(keys) ? keys.length : 0;
}
