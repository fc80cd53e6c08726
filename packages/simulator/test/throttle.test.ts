import { describe, expect, test } from 'vitest';

import { admit, type ThrottleBurst, type ThrottleState } from '../src/throttle/throttle.js';
import { call } from './support/caller.js';
import { startFrozenSimulator } from './support/withSimulator.js';

/** Adobe's own table: seconds since the first request, and the outcome. */
const documented: readonly (readonly [seconds: number, outcome: 'ok' | 429])[] = [
  ...[0, 0.3, 0.6, 0.9, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 2.1, 2.2].map(
    (seconds) => [seconds, 'ok'] as const,
  ),
  ...[2.4, 2.6, 2.8].map((seconds) => [seconds, 429] as const),
  [3.1, 'ok'],
];

function replay(model: ThrottleBurst, timesMs: readonly number[]): boolean[] {
  let state: ThrottleState | undefined;
  return timesMs.map((now) => {
    const decision = admit(model, state, now);
    state = decision.state;
    return decision.admitted;
  });
}

describe.each<ThrottleBurst>(['recovering', 'once'])('with a burst that counts as %s', (throttleBurst) => {
  test('the documented time line comes out, to the tenth of a second', async () => {
    const simulator = await startFrozenSimulator({ throttleBurst });
    const startedAt = simulator.clock.now();
    const seen: [number, 'ok' | 429][] = [];
    for (const [seconds] of documented) {
      simulator.clock.set(startedAt + seconds * 1000);
      const { status } = await call(simulator, '/api/v2/REF30/configuration', {
        forwardedFor: '203.0.113.7',
      });
      seen.push([seconds, status === 429 ? 429 : 'ok']);
    }
    expect(seen).toEqual(documented);
  });

  test('eleven requests at once pass, and the twelfth does not', () => {
    expect(replay(throttleBurst, Array<number>(12).fill(5000))).toEqual([
      ...Array<boolean>(11).fill(true),
      false,
    ]);
  });

  test('a rejected request costs nothing', () => {
    const exhausted = Array<number>(11).fill(0);
    expect(replay(throttleBurst, [...exhausted, 100, 200, 300, 400, 500, 1000]).slice(11)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  test('a clock that goes back does not lock an address out', () => {
    expect(replay(throttleBurst, [100_000, 5000])).toEqual([true, true]);
  });
});

test('only the recovering burst comes back after idle time', () => {
  const minuteLater = [...Array<number>(11).fill(0), ...Array<number>(11).fill(60_000)];
  expect(replay('recovering', minuteLater).slice(11)).toEqual(Array<boolean>(11).fill(true));
  expect(replay('once', minuteLater).slice(11)).toEqual([true, ...Array<boolean>(10).fill(false)]);
});

test('at one request per second neither reading ever rejects', () => {
  const steady = Array.from({ length: 500 }, (_, index) => index * 1000);
  for (const model of ['recovering', 'once'] as const) expect(replay(model, steady)).not.toContain(false);
});

test('the 429 is an HTML page of openresty without Retry-After', async () => {
  const simulator = await startFrozenSimulator({ throttle: 'always' });
  for (let index = 0; index < 11; index += 1) await call(simulator, '/api/v2/REF30/configuration');
  const answer = await call(simulator, '/api/v2/REF30/configuration');
  expect(answer.status).toBe(429);
  expect(answer.headers.get('content-type')).toBe('text/html');
  expect(answer.headers.get('server')).toBe('openresty');
  expect(answer.headers.get('retry-after')).toBeNull();
  expect(answer.text).toContain('<h1>429 Too Many Requests</h1>');
});

test('the first element of X-Forwarded-For is the device, and all counted endpoints share its allowance', async () => {
  const simulator = await startFrozenSimulator();
  const paths = ['/o/client/register', '/o/client/token', '/api/v2/REF30/profiles', '/api/v2/not/there'];
  for (let index = 0; index < 11; index += 1)
    await call(simulator, paths[index % paths.length] ?? '', {
      method: 'POST',
      forwardedFor: `198.51.100.1, 10.0.0.${index}`,
    });
  expect(
    (await call(simulator, '/api/v2/REF30/configuration', { forwardedFor: '198.51.100.1' })).status,
  ).toBe(429);
  expect(
    (await call(simulator, '/api/v2/REF30/configuration', { forwardedFor: '198.51.100.2, 198.51.100.1' }))
      .status,
  ).toBe(401);
  expect((await call(simulator, '/elsewhere', { forwardedFor: '198.51.100.1' })).status).toBe(404);
});

test.each([
  ['forwarded', false],
  ['always', true],
  ['off', false],
] as const)(
  'throttle %s: a loopback peer without X-Forwarded-For is rejected: %s',
  async (throttle, rejected) => {
    const simulator = await startFrozenSimulator({ throttle });
    for (let index = 0; index < 20; index += 1) await call(simulator, '/api/v2/REF30/configuration');
    expect(simulator.ledger.count({ status: 429 }) > 0).toBe(rejected);
  },
);

test('off: nobody is throttled', async () => {
  const simulator = await startFrozenSimulator({ throttle: 'off' });
  for (let index = 0; index < 20; index += 1)
    await call(simulator, '/api/v2/REF30/configuration', { forwardedFor: '198.51.100.1' });
  expect(simulator.ledger.count({ status: 429 })).toBe(0);
});
