import { createPass, memoryCache, type Pass, type PassOptions } from '@pass-dcr/core';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { onTestFinished } from 'vitest';

export const tv = { 'ap-device-identifier': `fingerprint ${Buffer.from('tv-1').toString('base64')}` };

/** Adobe Pass on localhost until the test has finished. */
export async function startSimulator(): Promise<Simulator> {
  const simulator = await createSimulator({ applications: [{ name: 'tv' }, { name: 'sports' }] });
  onTestFinished(async () => await simulator.close());
  return simulator;
}

export function passOptions(simulator: Simulator, application = 'tv'): PassOptions {
  return {
    environment: 'local',
    baseUrl: simulator.url,
    serviceProvider: 'REF30',
    softwareStatement: simulator.issueSoftwareStatement({ application }),
    cache: memoryCache(),
  };
}

export function passOf(simulator: Simulator, application?: string): Pass {
  const pass = createPass(passOptions(simulator, application));
  onTestFinished(async () => await pass.close());
  return pass;
}
