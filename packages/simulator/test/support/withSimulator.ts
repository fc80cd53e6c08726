import { onTestFinished } from 'vitest';

import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/index.js';

/** A simulator that ends with the test. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await createSimulator(options);
  onTestFinished(() => simulator.close());
  return simulator;
}

/** Stands still unless advanced, so that a test of the throttle does not depend on the machine. */
export function startFrozenSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const startedAt = Date.parse('2026-03-01T12:00:00Z');
  return startSimulator({ clock: { now: () => startedAt }, ...options });
}
