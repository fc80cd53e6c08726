import { get, textIn, type AdapterSuite, type Scene } from './AdapterSuite.js';
import type { AdapterApplication, AdapterMount } from './AdapterConformanceOptions.js';
import { areHarmless, attacks, headersOf, victim } from './attacks.js';
import { problemIn } from './problemIn.js';

export function attackCases({ test, testUnless, equal, limits }: AdapterSuite): void {
  const attacked = async (
    scene: Scene,
    trustedProxies: AdapterApplication['trustedProxies'],
    mounts: readonly AdapterMount[],
    as?: string,
  ): Promise<void> => {
    scene.simulator.signIn({
      deviceIdentifier: victim.identifier,
      serviceProvider: 'REF30',
      mvpd: 'Cablevision',
    });
    const site = await scene.serve({
      trustedProxies,
      mounts,
      routes: [get('/profiles', async (exchange) => await exchange.client(as).profiles.all())],
    });
    const succeeded: string[] = [];
    for (const [index, attack] of attacks.entries()) {
      const mark = scene.simulator.ledger.mark();
      // Each from an address of its own, so that none is throttled.
      const address = trustedProxies === 'none' ? undefined : `203.0.113.${index + 1}`;
      const { status, text } = await site.ask('/profiles', {
        device: 'intruder',
        headers: headersOf(attack, address),
      });
      const calls = scene.simulator.ledger.entries({ since: mark });
      const isHarmless = status === 200 && text === '[]' && areHarmless(calls, 'intruder', address);
      if (!isHarmless) succeeded.push(attack.name);
    }
    equal(succeeded, []);
  };

  const describedDevice: AdapterMount['device'] = (request) => ({
    identifier: textIn(request, 'x-device') ?? '',
    info: textIn(request, 'x-device-info'),
  });

  test(`${attacks.length} attacks on address and identity, without a proxy: none succeeds`, async (scene) => {
    await attacked(scene, 'none', [scene.mount({ device: describedDevice })]);
  });

  test(`${attacks.length} attacks on address and identity, by proxies on this host, lazily and under another name: none succeeds`, async (scene) => {
    const mount = scene.mount({ device: describedDevice, authenticate: 'lazy', as: 'sportsPass' });
    await attacked(scene, 'loopback', [mount], 'sportsPass');
  });

  testUnless(
    limits.mountedTwice,
    `${attacks.length} attacks on address and identity, by one proxy, mounted twice: none succeeds`,
    async (scene) => {
      const mount = scene.mount({ device: describedDevice });
      await attacked(scene, 1, [{ ...mount, authenticate: 'lazy' }, mount]);
    },
  );

  testUnless(
    limits.mountedTwice,
    'mounted twice with two device functions, of which one would not be asked: option_invalid, and the handler does not run',
    async ({ mount, serve, asked }) => {
      let handled = 0;
      const site = await serve({
        mounts: [
          mount({ device: () => ({ identifier: victim.identifier }) }),
          mount({ device: () => undefined }),
        ],
        routes: [get('/plain', () => ({ handled: (handled += 1) }))],
      });
      const answer = await site.ask('/plain');
      equal([answer.status, problemIn(answer)?.code, handled], [500, 'option_invalid', 0]);
      equal(asked('profiles'), 0);
    },
  );
}
