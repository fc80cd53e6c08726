import { get, me, type AdapterSuite } from './AdapterSuite.js';
import { problemIn } from './problemIn.js';

export function deviceCases({ test, equal }: AdapterSuite): void {
  const modes = ['eager', 'lazy'] as const;

  for (const authenticate of modes) {
    test(`${authenticate}, without a device: routes that need none are open`, async ({
      mount,
      serve,
      asked,
    }) => {
      const site = await serve({
        mounts: [mount({ authenticate })],
        routes: [get('/plain', (exchange) => ({ attached: exchange.property('pass') !== undefined }))],
      });
      const { status, json } = await site.ask('/plain');
      equal([status, json, asked()], [200, { attached: true }, 0]);
    });

    test(`${authenticate}, without a device: a route that needs one is answered 400, and Adobe Pass is not asked`, async ({
      mount,
      serve,
      asked,
    }) => {
      const site = await serve({ mounts: [mount({ authenticate })], routes: [me] });
      const answer = await site.ask('/me');
      equal(
        [answer.status, problemIn(answer)?.code, problemIn(answer)?.status, asked()],
        [400, 'device_missing', 400, 0],
      );
    });
  }
}
