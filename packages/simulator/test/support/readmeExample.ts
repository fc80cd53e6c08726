import { deepEqual, rejects } from 'node:assert/strict';
import { createSimulator } from '@pass-dcr/simulator';

export async function example(): Promise<void> {
  await using simulator = await createSimulator();
  const software_statement = simulator.issueSoftwareStatement({ application: 'tv' });
  const lost = simulator.fault({ endpoint: 'register', effect: { drop: 'after' } });

  const register = (): Promise<Response> =>
    fetch(`${simulator.url}/o/client/register`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': '203.0.113.7' },
      body: JSON.stringify({ software_statement }),
    });
  await rejects(register());
  deepEqual([lost.used, (await register()).status], [1, 201]);
  deepEqual(simulator.clients().length, 2); // one of them will never be used

  simulator.clock.advance(6 * 60 * 60 * 1000);
  deepEqual(simulator.ledger.count({ endpoint: 'register', forwardedFor: '203.0.113.7' }), 2);
}
