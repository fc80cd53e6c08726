import { expect, it } from 'vitest';
import { createHarness, recordEvents } from '../session/harness.js';

it('a throttled address is told by a keyed hash, the same of all in its /64 and in every process; none is the server', async () => {
  await using harness = await createHarness();
  using recording = recordEvents();
  const addresses = ['2001:db8:1:2::7', '2001:db8:1:2::8', '203.0.113.9', undefined];
  for (const [number, address] of addresses.entries()) {
    harness.simulator.fault({ endpoint: 'register', effect: { throttle: true } });
    const client = harness.createPass().client({ identifier: `tv-${number}`, address });
    const asked = client.accessToken({ signal: AbortSignal.timeout(5_000) });
    await expect.poll(() => recording.of('addressThrottled')).toHaveLength(number + 1);
    harness.advance(2_000);
    await asked;
  }
  const [household, neighbour, other, server] = recording
    .of('addressThrottled')
    .map(({ address }) => address);
  expect(household).toMatch(/^[\w-]{22}$/);
  expect([neighbour, server]).toEqual([household, 'server']);
  expect(other).not.toBe(household);
  expect(JSON.stringify(recording.events)).not.toMatch(/2001:db8|203\.0\.113/);
});
