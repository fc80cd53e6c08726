import { get, me, type AdapterSuite } from './AdapterSuite.js';
import { problemIn } from './problemIn.js';

export function routingCases({ test, equal }: AdapterSuite): void {
  test('OPTIONS is never authenticated', async ({ serve, asked }) => {
    const site = await serve();
    const { status } = await site.ask('/me', { method: 'OPTIONS', device: 'tv-1' });
    equal([status < 500, asked()], [true, 0]);
  });

  test('HEAD is served as GET, without a body', async ({ serve, asked }) => {
    const site = await serve();
    const found = await site.ask('/me', { method: 'HEAD', device: 'tv-1' });
    equal([found.status, found.text, asked('profiles')], [200, '', 1]);
    const failed = await site.ask('/me', { method: 'HEAD' });
    equal([failed.status, failed.text], [400, '']);
    equal(/^application\/problem\+json\b/.test(failed.headers['content-type'] ?? ''), true);
  });

  test('a route that the adapter is not mounted for has no client, and authenticates nobody', async ({
    serve,
    asked,
  }) => {
    const site = await serve({
      openRoutes: [get('/healthz', (exchange) => ({ attached: exchange.property('pass') !== undefined }))],
    });
    const { status, json } = await site.ask('/healthz', { device: 'tv-1' });
    equal([status, json, asked()], [200, { attached: false }, 0]);
  });

  test('an unknown route is 404, with a device and without', async ({ serve }) => {
    const site = await serve({ routes: [me], openRoutes: [get('/healthz', () => ({ ok: true }))] });
    for (const device of [undefined, 'tv-1']) {
      for (const path of ['/nowhere', '/me/nowhere', '/healthz/nowhere']) {
        const answer = await site.ask(path, device === undefined ? {} : { device });
        equal([path, answer.status, problemIn(answer)], [path, 404, undefined]);
      }
    }
  });
}
