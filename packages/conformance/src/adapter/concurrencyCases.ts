import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AdapterRoute } from './AdapterConformanceOptions.js';
import { get, type AdapterSuite } from './AdapterSuite.js';

export function concurrencyCases({ test, equal }: AdapterSuite): void {
  /** Whose client it is, before and after others had time to run. */
  const whose: AdapterRoute['handle'] = async (exchange) => {
    const before = exchange.client().device.identifier;
    await exchange.client().profiles.all();
    await sleep(5);
    return { devices: [before, exchange.client().device.identifier], socketPort: exchange.socketPort };
  };

  test('200 requests of 20 devices at once: one registration and one token for each device, and its own answer', async ({
    simulator,
    serve,
    asked,
  }) => {
    const site = await serve({ routes: [get('/whose', whose)] });
    const devices = Array.from({ length: 200 }, (_, request) => `tv-${request % 20}`);
    const answers = await Promise.all(devices.map((device) => site.ask('/whose', { device })));
    equal(
      answers.map(({ json }) => (json as { readonly devices?: unknown } | undefined)?.devices),
      devices.map((device) => [device, device]),
    );
    equal([asked('register'), asked('token'), asked('profiles')], [20, 20, 200]);
    const calls = simulator.ledger.entries({ endpoint: 'profiles' });
    equal(new Set(calls.map(({ device, clientId }) => `${device} ${clientId}`)).size, 20);
    equal(new Set(calls.map(({ clientId }) => clientId)).size, 20);
  });

  test('devices that share a connection do not share a client', async ({ serve }) => {
    const site = await serve({ routes: [get('/whose', whose)] });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const ports = new Set<unknown>();
      for (const device of ['tv-1', 'tv-2', 'tv-1']) {
        const { json } = await site.ask('/whose', { device, agent });
        const { devices, socketPort } = json as { readonly devices: unknown; readonly socketPort: unknown };
        equal(devices, [device, device]);
        ports.add(socketPort);
      }
      equal(ports.size, 1);
      equal((await site.ask('/whose', { agent })).status, 400);
    } finally {
      agent.destroy();
    }
  });
}
