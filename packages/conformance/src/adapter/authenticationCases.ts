import { get, me, namedDevice, type AdapterSuite } from './AdapterSuite.js';

export function authenticationCases({ test, equal }: AdapterSuite): void {
  test('eager: a device has its token before the handler runs, also where the handler needs none', async ({
    simulator,
    mount,
    serve,
  }) => {
    for (const authenticate of [undefined, 'eager'] as const) {
      simulator.reset();
      const tokens = (): number => simulator.ledger.count({ endpoint: 'token', status: 201 });
      const site = await serve({
        mounts: [mount({ authenticate })],
        routes: [get('/plain', () => ({ tokens: tokens() }))],
      });
      const device = authenticate ?? 'default';
      const { status, json } = await site.ask('/plain', { device });
      equal([status, json], [200, { tokens: 1 }]);
    }
  });

  test('lazy: Adobe Pass is asked nothing until the handler needs it', async ({ mount, serve, asked }) => {
    const site = await serve({
      mounts: [mount({ authenticate: 'lazy' })],
      routes: [me, get('/plain', () => ({ plain: true }))],
    });
    const plain = await site.ask('/plain', { device: 'tv-1' });
    equal([plain.status, plain.json, asked()], [200, { plain: true }, 0]);
    equal((await site.ask('/me', { device: 'tv-1' })).status, 200);
    equal([asked('register'), asked('token'), asked('profiles')], [1, 1, 1]);
  });

  test('several requests of a device share one registration and one token', async ({
    simulator,
    serve,
    asked,
  }) => {
    const site = await serve();
    for (let request = 0; request < 3; request += 1) {
      const { status, json } = await site.ask('/me', { device: 'tv-1' });
      equal([status, json], [200, { device: 'tv-1', profiles: [] }]);
    }
    equal([asked('register'), asked('token'), asked('profiles')], [1, 1, 3]);
    equal(
      simulator.ledger.entries({ endpoint: 'profiles' }).map(({ device }) => device),
      ['tv-1', 'tv-1', 'tv-1'],
    );
  });

  test('device may take its time', async ({ mount, serve, asked }) => {
    const site = await serve({
      mounts: [
        mount({
          async device(request) {
            await new Promise((resolve) => setTimeout(resolve, 20));
            return namedDevice(request);
          },
        }),
      ],
    });
    const { status, json } = await site.ask('/me', { device: 'tv-1' });
    equal([status, json], [200, { device: 'tv-1', profiles: [] }]);
    equal((await site.ask('/me')).status, 400);
    equal(asked('register'), 1);
  });
}
