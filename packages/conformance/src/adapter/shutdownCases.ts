import { setImmediate } from 'node:timers/promises';
import { countedDevice, type AdapterSuite } from './AdapterSuite.js';
import { problemIn } from './problemIn.js';

export function shutdownCases({ test, equal, eventually }: AdapterSuite): void {
  test('close turns away the requests that wait, the server ends, and nothing is left unhandled', async ({
    simulator,
    pass,
    mount,
    serve,
    asked,
  }) => {
    simulator.fault({ endpoint: 'register', count: Infinity, effect: { delayMs: 1_000 } });
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    try {
      const visitors = countedDevice();
      const site = await serve({
        mounts: [mount({ device: visitors.device })],
      });
      const waiting = ['tv-1', 'tv-1', 'tv-2'].map((device) => site.ask('/me', { device }));
      await eventually('all of them wait', () => visitors.count() === 3 && asked('register') > 0);
      const [answers] = await Promise.all([Promise.all(waiting), pass.close()]);
      equal(
        answers.map((answer) => [answer.status, problemIn(answer)?.code, answer.headers['retry-after']]),
        answers.map(() => [503, 'closed', '1']),
      );
      await site.close();
      await setImmediate();
    } finally {
      process.off('unhandledRejection', listen);
    }
    equal([unhandled, asked('token')], [[], 0]);
  });

  test('after close a request is turned away, and one that needs no device is served', async ({
    pass,
    serve,
    asked,
  }) => {
    const site = await serve({
      routes: [{ method: 'GET', path: '/plain', handle: () => ({ plain: true }) }],
    });
    await pass.close();
    const answer = await site.ask('/plain', { device: 'tv-1' });
    equal([answer.status, problemIn(answer)?.code], [503, 'closed']);
    equal([(await site.ask('/plain')).status, asked()], [200, 0]);
  });
}
