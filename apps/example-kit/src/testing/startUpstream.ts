import { createPass, memoryCache, type Pass } from '@pass-dcr/core';
import { createSimulator } from '@pass-dcr/simulator';

export interface Upstream {
  readonly pass: Pass;
  stop(): Promise<void>;
}

/** Adobe Pass on localhost, and a Pass that uses it. */
export async function startUpstream(): Promise<Upstream> {
  const simulator = await createSimulator();
  const pass = createPass({
    environment: 'local',
    baseUrl: simulator.url,
    serviceProvider: 'REF30',
    softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
    cache: memoryCache(),
  });
  return {
    pass,
    async stop() {
      await pass.close();
      await simulator.close();
    },
  };
}
