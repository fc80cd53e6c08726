import { createPass, memoryCache, type Pass, type PassOptions } from '@pass-dcr/core';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { onTestFinished } from 'vitest';

/** The headers by which `deviceFromHeaders()` knows one device. */
export const tv = { 'ap-device-identifier': `fingerprint ${Buffer.from('tv-1').toString('base64')}` };

/** Adobe Pass on localhost until the test has finished. It knows two applications, `tv` and `sports`. */
export async function startSimulator(): Promise<Simulator> {
  const simulator = await createSimulator({ applications: [{ name: 'tv' }, { name: 'sports' }] });
  onTestFinished(async () => await simulator.close());
  return simulator;
}

/** What `createPass()` takes for one application of the simulator, with a cache of its own. */
export function passOptions(simulator: Simulator, application = 'tv'): PassOptions {
  return {
    environment: 'local',
    baseUrl: simulator.url,
    serviceProvider: 'REF30',
    softwareStatement: simulator.issueSoftwareStatement({ application }),
    cache: memoryCache(),
  };
}

/** Another one of the same simulator, until the test has finished. */
export function passOf(simulator: Simulator, application?: string): Pass {
  const pass = createPass(passOptions(simulator, application));
  onTestFinished(async () => await pass.close());
  return pass;
}

export interface Upstream {
  readonly simulator: Simulator;
  readonly pass: Pass;
}

/** Adobe Pass on localhost, and a Pass that uses it, until the test has finished. */
export async function upstream(): Promise<Upstream> {
  const simulator = await startSimulator();
  return { simulator, pass: passOf(simulator) };
}
