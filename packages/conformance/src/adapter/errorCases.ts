import { isPassError, PassError } from '@pass-dcr/core';
import { get, me, type AdapterSuite } from './AdapterSuite.js';
import { problemIn } from './problemIn.js';

export function errorCases({ test, equal }: AdapterSuite): void {
  test('a failed authentication is a problem with our status and no detail, and the handler does not run', async ({
    simulator,
    serve,
  }) => {
    simulator.fault({ endpoint: 'register', effect: { error: 'invalid_software_statement' } });
    let handled = 0;
    const site = await serve({ routes: [get('/plain', () => ({ handled: (handled += 1) }))] });
    const answer = await site.ask('/plain', { device: 'tv-1' });
    const { type, retryAfterMs, ...problem } = problemIn(answer) ?? { type: 'no problem document' };
    equal([answer.status, handled], [500, 0]);
    equal(problem, {
      title: 'Adobe Pass does not accept the software statement.',
      status: 500,
      code: 'software_statement_rejected',
    });
    equal(type.endsWith('#software_statement_rejected'), true);
    equal(answer.headers['retry-after'], String(Math.ceil(Number(retryAfterMs) / 1_000)));
    equal(answer.headers['cache-control'], 'no-store');
  });

  test("a problem that is the caller's fault says what is wrong", async ({ serve }) => {
    const answer = await (await serve()).ask('/me');
    equal([answer.status, typeof problemIn(answer)?.detail], [400, 'string']);
    equal(answer.headers['cache-control'], 'no-store');
  });

  test("a device identifier that cannot be used is the caller's fault, and Adobe Pass is not asked", async ({
    mount,
    serve,
    asked,
  }) => {
    const site = await serve({ mounts: [mount({ device: () => ({ identifier: 'tv\n1' }) })] });
    const answer = await site.ask('/me');
    equal([answer.status, problemIn(answer)?.code, asked()], [400, 'device_identifier_invalid', 0]);
  });

  for (const [status, effect, expected] of [
    [401, { error: 'invalid_access_token_service_provider' }, [500, 'application_not_accepted']],
    [403, { status: 403, body: { status: 403, code: 'forbidden' } }, [502, 'upstream_refused']],
  ] as const) {
    test(`Adobe's ${status} does not reach the caller`, async ({ simulator, serve, asked }) => {
      simulator.fault({ endpoint: 'profiles', count: Infinity, effect });
      const answer = await (await serve()).ask('/me', { device: 'tv-1' });
      equal([answer.status, problemIn(answer)?.code], expected);
      equal(asked('profiles') > 0, true);
    });
  }

  test('Retry-After says when to come back, also where the handler never ran', async ({
    createPass,
    mount,
    serve,
    asked,
  }) => {
    const pass = createPass({ limits: { registrationsPerProcess: { burst: 1, perSecond: 0.1 } } });
    const site = await serve({
      mounts: [mount({ pass })],
      routes: [
        me,
        get('/busy', () => {
          throw new PassError('registration_limited', 'too many', { retryAfterMs: 1_500 });
        }),
      ],
    });
    equal((await site.ask('/me', { device: 'tv-1' })).status, 200);
    const limited = await site.ask('/me', { device: 'tv-2' });
    const problem = problemIn(limited);
    equal([limited.status, problem?.code, asked('register')], [503, 'registration_limited', 1]);
    equal(limited.headers['retry-after'], String(Math.ceil((problem?.retryAfterMs ?? 0) / 1000)));
    const busy = await site.ask('/busy', { device: 'tv-1' });
    equal([busy.status, busy.headers['retry-after'], problemIn(busy)?.retryAfterMs], [503, '2', 1_500]);
  });

  for (const [how, fail] of [
    [
      'throws',
      (error: Error): never => {
        throw error;
      },
    ],
    ['rejects with', async (forged: Error): Promise<never> => await Promise.reject(forged)],
  ] as const) {
    test(`an error that device ${how} goes to the framework's error handling`, async ({
      mount,
      serve,
      asked,
    }) => {
      const forged = Object.assign(new Error('forged'), { status: 401, statusCode: 401 });
      const seen: unknown[] = [];
      let handled = 0;
      const site = await serve({
        mounts: [mount({ device: () => fail(forged) })],
        routes: [get('/plain', () => ({ handled: (handled += 1) }))],
        onError: (error) => seen.push(error),
      });
      const answer = await site.ask('/plain', { device: 'tv-1' });
      equal([answer.status, problemIn(answer), handled, asked()], [401, undefined, 0, 0]);
      equal([seen.length, seen[0] === forged], [1, true]);
    });
  }

  for (const reason of [null, undefined, 'route', 'router']) {
    test(`device fails with ${String(reason)}: an error all the same, and the handler does not run`, async ({
      mount,
      serve,
      asked,
    }) => {
      for (const device of [
        async (): Promise<undefined> => await rejectionWith(reason),
        () => throwing(reason),
      ]) {
        let handled = 0;
        const site = await serve({
          mounts: [mount({ device })],
          routes: [get('/plain', () => ({ handled: (handled += 1) }))],
        });
        const { status } = await site.ask('/plain', { device: 'tv-1' });
        equal([status, handled, asked()], [500, 0, 0]);
      }
    });
  }

  test("a handler's own 404 and 500 stay its own", async ({ serve }) => {
    const missing = Object.assign(new Error('no such film'), { status: 404, statusCode: 404, expose: true });
    const broken = new Error('broken');
    const seen: unknown[] = [];
    const site = await serve({
      routes: [
        get('/missing', () => {
          throw missing;
        }),
        get('/broken', async () => await Promise.reject(broken)),
      ],
      onError: (error) => seen.push(error),
    });
    const answers = [
      await site.ask('/missing', { device: 'tv-1' }),
      await site.ask('/broken', { device: 'tv-1' }),
    ];
    equal(
      answers.map((answer) => [answer.status, problemIn(answer)]),
      [
        [404, undefined],
        [500, undefined],
      ],
    );
    equal([seen.length, seen[0] === missing, seen[1] === broken], [2, true, true]);
  });

  test('getPass on a route without the adapter says middleware_missing', async ({ serve, asked }) => {
    const seen: unknown[] = [];
    const site = await serve({
      openRoutes: [get('/open', (exchange) => ({ serviceProvider: exchange.client().serviceProvider }))],
      onError: (error) => seen.push(isPassError(error) ? error.code : error),
    });
    const { status } = await site.ask('/open', { device: 'tv-1' });
    equal([status, seen, asked()], [500, ['middleware_missing'], 0]);
  });
}

async function rejectionWith(reason: unknown): Promise<undefined> {
  await Promise.resolve();
  return throwing(reason);
}

/** Anything can be thrown, as by a signal that was aborted with it. */
function throwing(reason: unknown): undefined {
  throw reason;
}
