import { networkInterfaces } from 'node:os';
import { get, me, namedDevice, type AdapterSuite, type Scene } from './AdapterSuite.js';
import type { AdapterApplication } from './AdapterConformanceOptions.js';
import type { Question } from './Site.js';

type Trusted = AdapterApplication['trustedProxies'];

export function addressCases({ test, testUnless, equal }: AdapterSuite): void {
  const noIPv6 = hasIPv6Loopback() ? undefined : 'this machine has no ::1';

  test('no trusted proxy: nothing that a request claims of its address reaches Adobe Pass', async (scene) => {
    const claims = {
      'x-forwarded-for': '198.51.100.9, 203.0.113.7',
      'x-forwarded-port': '4711',
      'x-real-ip': '203.0.113.7',
      'x-client-ip': '203.0.113.7',
      'true-client-ip': '203.0.113.7',
      'cf-connecting-ip': '203.0.113.7',
      forwarded: 'for=203.0.113.7;proto=https',
    };
    await visit(scene, 'none', { headers: claims });
    const entries = scene.simulator.ledger.entries();
    equal(
      entries.map(({ endpoint }) => endpoint),
      ['register', 'token', 'profiles', 'configuration'],
    );
    for (const entry of entries) {
      equal(
        entry.headerNames.filter((name) => name in claims),
        [],
      );
      equal(/203\.0\.113|198\.51\.100/.test(JSON.stringify(entry)), false);
    }
  });

  const chains: readonly (readonly [name: string, Trusted, forwardedFor: string, sent: string])[] = [
    ['proxies on this host: the address before them', 'loopback', '198.51.100.9, 203.0.113.7', '203.0.113.7'],
    [
      'several proxies on this host: the address before them',
      'loopback',
      '198.51.100.9, 203.0.113.7, 127.0.0.2, ::1',
      '203.0.113.7',
    ],
    ['one proxy: the address that it saw', 1, '198.51.100.9, 203.0.113.7', '203.0.113.7'],
    [
      'two proxies: the address that the first one saw',
      2,
      '198.51.100.9, 203.0.113.7, 192.0.2.1',
      '203.0.113.7',
    ],
    ['an IPv6 client behind a proxy', 'loopback', '198.51.100.9, 2001:DB8:0:0::7', '2001:db8::7'],
    ['an IPv4 client that a proxy names in IPv6', 1, '::ffff:203.0.113.7', '203.0.113.7'],
    [
      'one proxy that writes ports: the address that it saw',
      1,
      '198.51.100.9, 203.0.113.7:4711',
      '203.0.113.7',
    ],
    [
      'proxies on this host that write ports: the address before them',
      'loopback',
      '198.51.100.9, 203.0.113.7:4711, 127.0.0.2:80, [::1]:80',
      '203.0.113.7',
    ],
  ];
  for (const [name, trusted, forwardedFor, sent] of chains) {
    test(`${name} goes with every call`, async (scene) => {
      await visit(scene, trusted, { headers: { 'x-forwarded-for': forwardedFor } });
      equal(addressesIn(scene), [
        ['register', sent],
        ['token', sent],
        ['profiles', sent],
        ['configuration', sent],
      ]);
    });
  }

  test('a trusted proxy that names no client: no address is sent', async (scene) => {
    await visit(scene, 'loopback', {});
    equal(
      scene.simulator.ledger.entries().filter(({ headerNames }) => headerNames.includes('x-forwarded-for')),
      [],
    );
  });

  test('an address that cannot be read refuses nobody, and none is sent', async (scene) => {
    for (const written of [
      'unknown',
      '_hidden',
      '_hidden:4711',
      '"',
      '203.0.113.7;x',
      '10.0.0.7',
      '203.0.113.777',
    ])
      await visit(scene, 1, { headers: { 'x-forwarded-for': `198.51.100.9, ${written}` } });
    equal(
      scene.simulator.ledger.entries().filter(({ headerNames }) => headerNames.includes('x-forwarded-for')),
      [],
    );
  });

  testUnless(noIPv6, 'an IPv6 socket of a trusted proxy: the client that it names', async (scene) => {
    await visit(scene, 'loopback', { host: '::1', headers: { 'x-forwarded-for': '203.0.113.7' } });
    equal(addressesIn(scene)[0], ['register', '203.0.113.7']);
  });

  for (const host of ['127.0.0.1', '::1']) {
    testUnless(
      host === '::1' ? noIPv6 : undefined,
      `a client on ${host} without proxy: its address and port are the socket's`,
      async (scene) => {
        const { device, socketPort } = await lookAt(scene, 'none', { host });
        equal([device.port, typeof device.port], [socketPort, 'number']);
        // A socket that takes both families shows an IPv4 peer as an IPv6 address.
        equal(device.address?.replace(/^::ffff:/, ''), host);
        // Nobody else can tell this host by such an address, so neither it nor its port is sent.
        const [profiles] = scene.simulator.ledger.entries({ endpoint: 'profiles' });
        equal(profiles?.deviceInfo, { model: 'A' });
      },
    );
  }

  for (const trusted of ['loopback', 1] as const) {
    test(`behind proxies (${trusted}) the port is not the client's, and is not sent`, async (scene) => {
      const { device } = await lookAt(scene, trusted, { headers: { 'x-forwarded-for': '203.0.113.7' } });
      equal([device.address, device.port], ['203.0.113.7', undefined]);
      const [profiles] = scene.simulator.ledger.entries({ endpoint: 'profiles' });
      equal(profiles?.deviceInfo, { model: 'A', connectionIp: '203.0.113.7' });
    });
  }

  test('an address and a port that device names count more than those of the request', async (scene) => {
    const site = await scene.serve({
      trustedProxies: 'loopback',
      mounts: [
        scene.mount({
          device: () => ({ identifier: 'tv-1', info: { model: 'A' }, address: '192.0.2.44', port: 4711 }),
        }),
      ],
    });
    equal((await site.ask('/me', { headers: { 'x-forwarded-for': '203.0.113.7' } })).status, 200);
    const [profiles] = scene.simulator.ledger.entries({ endpoint: 'profiles' });
    equal(profiles?.deviceInfo, { model: 'A', connectionIp: '192.0.2.44', connectionPort: '4711' });
    equal(profiles?.forwardedFor, '192.0.2.44');
  });
}

/** Every kind of call, for one device. */
async function visit(scene: Scene, trustedProxies: Trusted, question: Question): Promise<void> {
  const site = await scene.serve({
    trustedProxies,
    routes: [me, get('/providers', async (exchange) => await exchange.client().configuration())],
  });
  for (const path of ['/me', '/providers']) {
    const { status } = await site.ask(path, { device: 'tv-1', ...question });
    if (status !== 200) throw new Error(`${path} was answered ${status}`);
  }
}

function addressesIn({ simulator }: Scene): readonly unknown[] {
  return simulator.ledger
    .entries()
    .map(({ endpoint, forwardedFor, forwardedForChain }) => [endpoint, forwardedForChain ?? forwardedFor]);
}

interface Seen {
  readonly device: { readonly address?: string; readonly port?: number };
  readonly socketPort?: number;
}

/** What the handler sees of a device that has told something of itself. */
async function lookAt(scene: Scene, trustedProxies: Trusted, question: Question): Promise<Seen> {
  const site = await scene.serve({
    trustedProxies,
    mounts: [
      scene.mount({
        device(request) {
          const device = namedDevice(request);
          return device === undefined ? undefined : { ...device, info: { model: 'A' } };
        },
      }),
    ],
    routes: [
      get('/seen', async (exchange) => {
        const { device, profiles } = exchange.client();
        await profiles.all();
        return { device: { address: device.address, port: device.port }, socketPort: exchange.socketPort };
      }),
    ],
  });
  return (await site.ask('/seen', { device: 'tv-1', ...question })).json as Seen;
}

function hasIPv6Loopback(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === '::1'),
  );
}
