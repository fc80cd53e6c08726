import { countedDevice, get, me, type AdapterSuite } from './AdapterSuite.js';
import { problemIn } from './problemIn.js';

export function instanceCases({ test, testUnless, equal, limits }: AdapterSuite): void {
  test('two instances under two names each use their own registered application', async ({
    simulator,
    createPass,
    mount,
    serve,
    asked,
  }) => {
    const site = await serve({
      mounts: [mount(), mount({ pass: createPass({ application: 'sports' }), as: 'sportsPass' })],
      routes: [
        get('/both', async (exchange) => {
          const [tv, sports] = [exchange.client(), exchange.client('sportsPass')];
          await tv.profiles.all();
          await sports.profiles.all();
          return {
            differ: tv !== sports,
            named: exchange.property('pass') === tv && exchange.property('sportsPass') === sports,
          };
        }),
      ],
    });
    const { status, json } = await site.ask('/both', { device: 'tv-1' });
    equal([status, json], [200, { differ: true, named: true }]);
    equal([asked('register'), asked('token')], [2, 2]);
    const applications = new Map(
      simulator.clients().map(({ clientId, application }) => [clientId, application]),
    );
    equal(
      simulator.ledger
        .entries({ endpoint: 'profiles' })
        .map(({ clientId = '' }) => applications.get(clientId)),
      ['tv', 'sports'],
    );
  });

  test('another instance under a name that is taken is property_taken, and the handler does not run', async ({
    createPass,
    mount,
    serve,
  }) => {
    let handled = 0;
    const site = await serve({
      mounts: [mount(), mount({ pass: createPass() })],
      routes: [get('/plain', () => ({ handled: (handled += 1) }))],
    });
    for (const device of ['tv-1', undefined]) {
      const answer = await site.ask('/plain', device === undefined ? {} : { device });
      equal([answer.status, problemIn(answer)?.code, handled], [500, 'property_taken', 0]);
    }
  });

  testUnless(
    limits.mountedTwice,
    'mounted twice, one instance does everything once',
    async ({ mount, serve, asked }) => {
      const visitors = countedDevice();
      const once = mount({ device: visitors.device });
      const site = await serve({ mounts: [once, once], routes: [me] });
      equal((await site.ask('/me', { device: 'tv-1' })).status, 200);
      equal([visitors.count(), asked('register'), asked('token'), asked('profiles')], [1, 1, 1, 1]);
    },
  );

  testUnless(
    limits.mountedTwice,
    'mounted lazily and then eagerly, it is eager',
    async ({ simulator, mount, serve }) => {
      const site = await serve({
        mounts: [mount({ authenticate: 'lazy' }), mount()],
        routes: [
          get('/plain', () => ({ tokens: simulator.ledger.count({ endpoint: 'token', status: 201 }) })),
        ],
      });
      equal((await site.ask('/plain', { device: 'tv-1' })).json, { tokens: 1 });
    },
  );
}
