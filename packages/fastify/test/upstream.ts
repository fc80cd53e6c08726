import { createPass, memoryCache, type Pass } from '@pass-dcr/core';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { onTestFinished } from 'vitest';

export interface Upstream {
  readonly simulator: Simulator;
  readonly pass: Pass;
  /** Another Pass of the same simulator. */
  readonly another: () => Pass;
}

/** Adobe Pass on localhost, and a Pass that uses it, until the test has finished. */
export async function upstream(): Promise<Upstream> {
  const simulator = await createSimulator();
  const passes: Pass[] = [];
  const another = (): Pass => {
    const pass = createPass({
      environment: 'local',
      baseUrl: simulator.url,
      serviceProvider: 'REF30',
      softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
      cache: memoryCache(),
    });
    passes.push(pass);
    return pass;
  };
  onTestFinished(async () => {
    await Promise.all(passes.map((pass) => pass.close()));
    await simulator.close();
  });
  return { simulator, pass: another(), another };
}
