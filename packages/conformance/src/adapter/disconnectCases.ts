import { countedDevice, createGate, get, me, type AdapterSuite } from './AdapterSuite.js';
import { answerTo, type Site } from './Site.js';

export function disconnectCases({ test, equal, eventually }: AdapterSuite): void {
  test('a client that hangs up while it waits ends its own wait only', async ({
    createPass,
    mount,
    serve,
    asked,
  }) => {
    const registration = createGate();
    const visitors = countedDevice();
    let handled = 0;
    const site = await serve({
      mounts: [mount({ pass: createPass({ heldUntil: registration.opened }), device: visitors.device })],
      routes: [get('/plain', () => ({ handled: (handled += 1) }))],
      openRoutes: [idle],
    });
    const impatient = site.open('/plain', { device: 'tv-1' });
    impatient.on('error', () => undefined).end();
    const patient = site.ask('/plain', { device: 'tv-1' });
    const hangingUp = async (): Promise<void> => {
      await eventually('both requests wait', () => visitors.count() === 2);
      impatient.destroy();
      await noticed(site);
      registration.open();
    };
    const [{ status, json }] = await Promise.all([patient, hangingUp()]);
    // Once: the handler of the request that nobody waits for did not run.
    equal([status, json, handled], [200, { handled: 1 }, 1]);
    equal([asked('register'), asked('token')], [1, 1]);
  });

  test('what a client waited for that hung up is there for the next', async ({ simulator, serve, asked }) => {
    simulator.fault({ endpoint: 'register', effect: { delayMs: 200 } });
    const site = await serve({ openRoutes: [idle] });
    const impatient = site.open('/me', { device: 'tv-1' });
    impatient.on('error', () => undefined).end();
    await eventually('the registration begins', () => asked('register') === 1);
    impatient.destroy();
    await noticed(site);
    equal((await site.ask('/me', { device: 'tv-1' })).status, 200);
    equal([asked('register'), asked('token'), asked('profiles')], [1, 1, 1]);
  });

  test('a client that hangs up ends the calls that its handler waits for', async ({
    simulator,
    serve,
    asked,
  }) => {
    const ends: unknown[] = [];
    const site = await serve({
      routes: [
        get('/me', async (exchange) => {
          try {
            return { profiles: await exchange.client().profiles.all() };
          } catch (error) {
            ends.push((error as Error).name);
            throw error;
          }
        }),
      ],
    });
    equal((await site.ask('/me', { device: 'tv-1' })).status, 200);
    simulator.fault({ endpoint: 'profiles', effect: { delayMs: 60_000 } });
    const impatient = site.open('/me', { device: 'tv-1' });
    impatient.on('error', () => undefined).end();
    await eventually('the handler waits', () => asked('profiles') === 2);
    impatient.destroy();
    // The call itself would go on until it times out.
    await eventually('the call ends', () => ends.length > 0, 2_000);
    equal(ends, ['AbortError']);
    equal((await site.ask('/me', { device: 'tv-1' })).status, 200);
  });

  test('a request that shares the call of one that hung up is answered', async ({
    simulator,
    serve,
    asked,
  }) => {
    let shared: Promise<unknown> | undefined;
    let sharing = 0;
    const site = await serve({
      routes: [
        me,
        get('/shared', async (exchange) => {
          sharing += 1;
          shared ??= exchange.client().profiles.all();
          return { profiles: await shared };
        }),
      ],
    });
    equal((await site.ask('/me', { device: 'tv-1' })).status, 200);
    simulator.fault({ endpoint: 'profiles', effect: { delayMs: 60_000 } });
    const impatient = site.open('/shared', { device: 'tv-1' });
    impatient.on('error', () => undefined).end();
    await eventually('the handler waits', () => asked('profiles') === 2);
    const patient = site.ask('/shared', { device: 'tv-1' });
    const hangingUp = eventually('both handlers wait', () => sharing === 2).then(() => impatient.destroy());
    const [{ status }] = await Promise.all([patient, hangingUp]);
    equal(status, 500);
  });

  test('the client is usable after the response and its connection have ended', async ({
    simulator,
    mount,
    serve,
  }) => {
    const later: (() => Promise<unknown>)[] = [];
    const site = await serve({
      trustedProxies: 'loopback',
      mounts: [mount({ authenticate: 'lazy' })],
      routes: [
        get('/later', (exchange) => {
          const client = exchange.client();
          later.push(async () => await client.profiles.all());
          return { later: true };
        }),
      ],
      openRoutes: [idle],
    });
    const sent = site.open('/later', {
      device: 'tv-1',
      headers: { 'x-forwarded-for': '203.0.113.7' },
    });
    sent.end();
    equal((await answerTo(sent)).status, 200);
    await eventually('the connection ends', () => sent.socket?.destroyed !== false);
    await noticed(site);
    equal(await later[0]?.(), []);
    equal(
      simulator.ledger.entries().map(({ endpoint, forwardedFor }) => [endpoint, forwardedFor]),
      [
        ['register', '203.0.113.7'],
        ['token', '203.0.113.7'],
        ['profiles', '203.0.113.7'],
      ],
    );
  });
}

const idle = get('/idle', () => ({ idle: true }));

/** What was sent before these requests, also the end of a connection, has reached the server when they are answered. */
async function noticed(site: Site): Promise<void> {
  for (let visit = 0; visit < 3; visit += 1) await site.ask('/idle');
}
