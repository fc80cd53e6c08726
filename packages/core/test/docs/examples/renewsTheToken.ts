import { equal, notEqual } from 'node:assert/strict';
import { memoryCache } from '../../../src/index.js';
import { AdjustableClock, createPassWith } from '../../../src/testing.js';
import { createSimulator } from '@pass-dcr/simulator';

export async function renewsTheToken(): Promise<void> {
  await using simulator = await createSimulator();
  const clock = new AdjustableClock();
  await using pass = createPassWith(
    {
      environment: 'local',
      baseUrl: simulator.url,
      softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
      serviceProvider: 'REF30',
      cache: memoryCache(),
    },
    { clock, random: () => 0.5 },
  );
  const client = pass.client({ identifier: 'tv-1', address: '203.0.113.7' });
  const [token] = await Promise.all([client.accessToken(), client.accessToken()]);

  const sevenHours = 7 * 60 * 60 * 1000;
  simulator.clock.advance(sevenHours);
  clock.advance(sevenHours);
  notEqual(await client.accessToken(), token);

  equal(simulator.ledger.count({ endpoint: 'register' }), 1);
  equal(simulator.ledger.count({ endpoint: 'token' }), 2);
}
