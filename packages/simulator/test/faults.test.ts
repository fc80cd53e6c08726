import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';

import { chooseFault, type ArmedFault } from '../src/faults/chooseFault.js';
import { delayOf } from '../src/visit/applyFault.js';
import type { Delay, Fault } from '../src/index.js';
import {
  at,
  authenticated,
  call,
  credentials,
  getConfiguration,
  getProfiles,
  postRegister,
  postToken,
  registered,
  textAt,
} from './support/caller.js';
import { errorLike } from './support/like.js';
import { turnOn } from './support/Tv.js';
import { startFrozenSimulator, startSimulator } from './support/withSimulator.js';

describe('which request a fault hits', () => {
  const armed = (...faults: Omit<Fault, 'effect'>[]): ArmedFault[] =>
    faults.map((fault, index) => ({
      id: String(index),
      fault: { ...fault, effect: {} },
      skipped: 0,
      used: 0,
    }));
  const subject = { endpoint: 'token', device: 'tv', forwardedFor: '203.0.113.7', clientId: 'c' } as const;
  const hits = (
    faults: ArmedFault[],
    count: number,
    of: Parameters<typeof chooseFault>[1] = subject,
  ): (string | undefined)[] => {
    let state: readonly ArmedFault[] = faults;
    return Array.from({ length: count }, () => {
      const choice = chooseFault(state, of);
      state = choice.armed;
      return choice.chosen?.id;
    });
  };

  test('one, unless told otherwise', () => expect(hits(armed({}), 2)).toEqual(['0', undefined]));
  test('the oldest first', () =>
    expect(hits(armed({}, { count: 2 }), 4)).toEqual(['0', '1', '1', undefined]));
  test('counted ones before unlimited ones', () =>
    expect(hits(armed({ count: Infinity }, {}), 3)).toEqual(['1', '0', '0']));
  test('after those to skip', () =>
    expect(hits(armed({ skip: 2 }), 4)).toEqual([undefined, undefined, '0', undefined]));
  test('a skipping fault lets the next one have the request', () =>
    expect(hits(armed({ skip: 1 }, { count: 5 }), 3)).toEqual(['1', '0', '1']));
  test.each<[string, Omit<Fault, 'effect'>]>([
    ['endpoint', { endpoint: 'register' }],
    ['device', { device: 'radio' }],
    ['address', { forwardedFor: '203.0.113.8' }],
    ['pair', { clientId: 'd' }],
  ])('not one of another %s', (_what, fault) => expect(hits(armed(fault), 1)).toEqual([undefined]));
  test('one that matches in all respects', () => expect(hits(armed({ ...subject }), 1)).toEqual(['0']));
});

describe('a fault', () => {
  test('answers another status, with text or JSON and headers, and has no effect', async () => {
    const simulator = await startSimulator();
    const statement = { software_statement: simulator.issueSoftwareStatement({ application: 'tv' }) };
    const handle = simulator.fault({
      endpoint: 'register',
      count: 2,
      effect: { status: 503, body: '<h1>busy</h1>', headers: { 'Retry-After': '7' } },
    });
    const first = await postRegister(simulator, statement);
    expect([
      first.status,
      first.text,
      first.headers.get('content-type'),
      first.headers.get('retry-after'),
    ]).toEqual([503, '<h1>busy</h1>', 'text/html', '7']);
    expect(simulator.faults()).toEqual([{ id: handle.id, endpoint: 'register', used: 1, remaining: 1 }]);
    await postRegister(simulator, statement);
    expect(handle.used).toBe(2);
    expect(simulator.clients()).toEqual([]);
    simulator.fault({
      endpoint: 'register',
      effect: { status: 500, body: { odd: true }, contentType: 'application/problem+json' },
    });
    const third = await postRegister(simulator, statement);
    expect([third.status, third.json, third.headers.get('content-type')]).toEqual([
      500,
      { odd: true },
      'application/problem+json',
    ]);
    expect((await postRegister(simulator, statement)).status).toBe(201);
    expect(handle.used).toBe(2);
  });

  test('answers a body alone with 200', async () => {
    const simulator = await startSimulator();
    const { accessToken } = await authenticated(simulator);
    simulator.fault({ endpoint: 'configuration', effect: { body: { requestor: { id: 'mine' } } } });
    const answer = await getConfiguration(simulator, accessToken);
    expect([answer.status, answer.headers.get('content-type'), answer.json]).toEqual([
      200,
      'application/json;charset=UTF-8',
      { requestor: { id: 'mine' } },
    ]);
  });

  test('makes decisions of some resources come to nothing', async () => {
    const { simulator, tv } = await turnOn();
    tv.signIn();
    simulator.fault({
      endpoint: 'preauthorize',
      effect: { itemError: 'network_received_error', resources: ['b'], details: 'try later' },
    });
    const { status, json } = await tv.preauthorize('Cablevision', ['a', 'b']);
    expect([status, json]).toEqual([
      200,
      {
        decisions: [
          { resource: 'a', serviceProvider: 'REF30', mvpd: 'Cablevision', source: 'mvpd', authorized: true },
          {
            resource: 'b',
            serviceProvider: 'REF30',
            mvpd: 'Cablevision',
            source: 'mvpd',
            authorized: false,
            error: expect.objectContaining({
              code: 'network_received_error',
              action: 'retry',
              details: 'try later',
            }),
          },
        ],
      },
    ]);
    expect((await tv.preauthorize('Cablevision', ['b'])).json).toMatchObject({
      decisions: [{ authorized: true }],
    });
  });

  test('of an error answers a browser with a page', async () => {
    const simulator = await startSimulator();
    simulator.fault({ endpoint: 'authenticate', effect: { error: 'internal_server_error' } });
    const answer = await call(simulator, '/api/v2/authenticate/REF30/ACDEFGH');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'text/html;charset=UTF-8']);
  });

  test.each<[string, object]>([
    ['a header that is no name', { status: 200, headers: { 'x y': '1' } }],
    ['a header of the framing', { status: 200, headers: { 'Transfer-Encoding': 'chunked' } }],
    ['a header that is no ASCII', { status: 200, headers: { 'x-y': 'é' } }],
    ['a header with a line break', { status: 200, headers: { 'x-y': 'a\r\nb' } }],
    ['a content type that is no ASCII', { status: 200, body: 'x', contentType: 'text/plain\n' }],
    ['a body where there can be none', { status: 204, body: {} }],
    ['a body that is no JSON value', { body: () => 1 }],
    ['a body that is too deep for JSON', { body: 1n }],
    ['a rate that never ends', { slowBodyBytesPerSecond: 1e-9 }],
    ['a clock that no date can show', { dateSkewMs: 1e20 }],
    ['a body beside another outcome', { drop: 'after', body: {} }],
    ['details of nothing', { resources: ['a'] }],
    ['resources that are no list', { itemError: 'x', resources: 'a' }],
  ])('with %s is refused when it is set', async (_what, effect) => {
    const simulator = await startSimulator();
    expect(() => simulator.fault({ effect })).toThrow(errorLike({ code: 'invalid_argument' }));
    expect(simulator.faults()).toEqual([]);
  });

  test('can hide the answer to a request that took effect', async () => {
    const simulator = await startSimulator();
    simulator.fault({ endpoint: 'register', effect: { status: 500, processed: true } });
    expect(
      (
        await postRegister(simulator, {
          software_statement: simulator.issueSoftwareStatement({ application: 'tv' }),
        })
      ).status,
    ).toBe(500);
    expect(simulator.clients()).toHaveLength(1);
    expect(simulator.ledger.entries({ status: 500 })[0]?.clientId).toBe(simulator.clients()[0]?.clientId);
  });

  test('answers a code in the shape of the endpoint', async () => {
    const simulator = await startSimulator();
    const { accessToken, ...pair } = await authenticated(simulator);
    simulator.fault({ endpoint: 'token', count: 3, effect: { error: 'invalid_client' } });
    const answers = [];
    for (let index = 0; index < 4; index += 1) answers.push(await postToken(simulator, credentials(pair)));
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 201]);
    expect(answers[0]?.json).toEqual({ error: 'invalid_client' });
    simulator.fault({ effect: { error: 'network_received_error' } });
    expect((await getConfiguration(simulator, accessToken)).json).toMatchObject({
      status: 403,
      action: 'retry',
      code: 'network_received_error',
    });
    simulator.fault({ effect: { error: 'constructor' } });
    expect((await getConfiguration(simulator, accessToken)).json).toMatchObject({
      status: 400,
      action: 'none',
      code: 'constructor',
    });
  });

  test('drops the connection before the request takes effect', async () => {
    const simulator = await startSimulator();
    simulator.fault({ endpoint: 'register', effect: { drop: 'before' } });
    await expect(
      postRegister(simulator, {
        software_statement: simulator.issueSoftwareStatement({ application: 'tv' }),
      }),
    ).rejects.toThrow('fetch failed');
    expect(simulator.clients()).toEqual([]);
    expect(simulator.ledger.entries().map(({ status, clientId }) => [status, clientId])).toEqual([
      ['dropped', undefined],
    ]);
  });

  test('drops the connection after it did: a lost response', async () => {
    const simulator = await startSimulator();
    simulator.fault({ endpoint: 'register', effect: { drop: 'after' } });
    await expect(
      postRegister(simulator, {
        software_statement: simulator.issueSoftwareStatement({ application: 'tv' }),
      }),
    ).rejects.toThrow('fetch failed');
    const [client] = simulator.clients();
    expect(simulator.ledger.entries().map(({ status, clientId }) => [status, clientId])).toEqual([
      ['dropped', client?.clientId],
    ]);
  });

  test('answers HTML with 200', async () => {
    const simulator = await startSimulator();
    simulator.fault({ effect: { html: true } });
    const answer = await call(simulator, '/api/v2/REF30/configuration');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(answer.text).toContain('<html>');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('cuts the JSON in the middle', async () => {
    const simulator = await startSimulator();
    simulator.fault({ endpoint: 'token', effect: { truncatedJson: true } });
    const pair = await registered(simulator);
    const answer = await postToken(simulator, credentials(pair));
    expect(answer.status).toBe(201);
    expect(answer.json).toBeUndefined();
    expect(answer.text.startsWith('{"id":"')).toBe(true);
    expect(simulator.clients()[0]?.tokensIssued).toBe(1);
  });

  test('answers a huge body of valid JSON', async () => {
    const simulator = await startSimulator();
    simulator.fault({ effect: { bodyBytes: 10_000_000 } });
    const answer = await call(simulator, '/api/v2/REF30/configuration');
    expect(answer.text).toHaveLength(10_000_000);
    expect(Object.keys(answer.json ?? {})).toEqual(['padding']);
  });

  test('throttles an address that has allowance left, without effect and without taking of it', async () => {
    const simulator = await startFrozenSimulator();
    const forwardedFor = '203.0.113.7';
    simulator.fault({ forwardedFor, effect: { throttle: true } });
    const answer = await postRegister(
      simulator,
      { software_statement: simulator.issueSoftwareStatement({ application: 'tv' }) },
      { forwardedFor },
    );
    expect([answer.status, answer.headers.get('server')]).toEqual([429, 'openresty']);
    expect(simulator.clients()).toEqual([]);
    expect(simulator.ledger.count({ throttled: true })).toBe(0);
  });

  test('delays: a late effect, or a late answer', async () => {
    const simulator = await startSimulator();
    const statement = { software_statement: simulator.issueSoftwareStatement({ application: 'tv' }) };
    simulator.fault({ endpoint: 'register', effect: { delayMs: 250 } });
    simulator.fault({ endpoint: 'register', effect: { answerDelayMs: 250 } });
    for (const registeredEarly of [0, 1]) {
      const startedAt = performance.now();
      const before = simulator.clients().length;
      const pending = postRegister(simulator, statement);
      await expect.poll(() => simulator.ledger.count({ status: 'pending' }), { interval: 2 }).toBe(1);
      expect(simulator.clients().length - before).toBe(registeredEarly);
      expect((await pending).status).toBe(201);
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(248);
    }
  });

  test.each<[string, Delay, readonly number[]]>([
    ['a number', 30, [30, 30, 30, 30]],
    ['a list, again from its start', [60, 0, 30], [60, 0, 30, 60]],
    ['a function', (index) => index * 10, [0, 10, 20, 30]],
    ['nothing negative', (index) => -index, [0, 0, 0, 0]],
  ])('spreads delays by %s', (_what, delay, expected) => {
    expect([0, 1, 2, 3].map((index) => delayOf(delay, index))).toEqual(expected);
  });

  test('spreads the answers to requests sent at once', async () => {
    const simulator = await startSimulator();
    simulator.fault({ count: 4, effect: { status: 204, answerDelayMs: [0, 40, 80, 120] } });
    await Promise.all([0, 1, 2, 3].map(() => call(simulator, '/x')));
    const durationsMs = simulator.ledger.entries().map(({ durationMs = 0 }) => durationMs);
    for (const [index, durationMs] of durationsMs.entries())
      expect(durationMs).toBeGreaterThanOrEqual(index * 40 - 1);
  });

  test('skews the clock of the server in what it says, not in what it does', async () => {
    const simulator = await startFrozenSimulator();
    const now = simulator.clock.now();
    const pair = await registered(simulator);
    simulator.fault({ endpoint: 'token', effect: { dateSkewMs: 3_600_000 } });
    const { headers, json } = await postToken(simulator, credentials(pair));
    expect(Date.parse(headers.get('date') ?? '')).toBe(now + 3_600_000);
    expect(at(json, 'created_at')).toBe(now + 3_600_000);
    simulator.clock.advance(21_600_000 - 1);
    const inTime = await getConfiguration(simulator, textAt(json, 'access_token'));
    expect(inTime.status).toBe(200);
    expect(Date.parse(inTime.headers.get('date') ?? '')).toBe(now + 21_599_000);
  });

  test('lets a body trickle, after headers sent at once', async () => {
    const simulator = await startSimulator();
    simulator.fault({ effect: { status: 200, body: 'ok', slowBodyBytesPerSecond: 5 } });
    const response = await fetch(`${simulator.url}/x`);
    const headersAt = performance.now();
    expect(await response.text()).toBe('ok');
    // Two bytes, 200 ms each; were the headers to come with the first one, only 200 ms would be left.
    expect(performance.now() - headersAt).toBeGreaterThanOrEqual(300);
  });

  test('combines a delay with another answer', async () => {
    const simulator = await startSimulator();
    simulator.fault({ effect: { delayMs: 40, status: 502 } });
    const startedAt = performance.now();
    expect((await call(simulator, '/x')).status).toBe(502);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(39);
  });

  test('can be for one device or one pair only', async () => {
    const simulator = await startSimulator();
    const [one, two] = [await authenticated(simulator), await authenticated(simulator)];
    simulator.fault({ device: 'kitchen', count: Infinity, effect: { status: 500 } });
    simulator.fault({ clientId: two.clientId, endpoint: 'token', count: Infinity, effect: { status: 502 } });
    expect((await getProfiles(simulator, one.accessToken, 'living-room')).status).toBe(200);
    expect((await getProfiles(simulator, one.accessToken, 'kitchen')).status).toBe(500);
    expect((await postToken(simulator, credentials(one))).status).toBe(201);
    expect((await postToken(simulator, credentials(two))).status).toBe(502);
  });

  test('ends when removed or cleared', async () => {
    const simulator = await startSimulator();
    const handle = simulator.fault({ count: Infinity, effect: { status: 500 } });
    expect((await call(simulator, '/x')).status).toBe(500);
    handle.remove();
    handle.remove();
    expect((await call(simulator, '/x')).status).toBe(404);
    expect(handle.used).toBe(1);
    simulator.fault({ count: Infinity, effect: { status: 500 } });
    simulator.clearFaults();
    expect((await call(simulator, '/x')).status).toBe(404);
    expect(simulator.faults()).toEqual([]);
  });

  test('is not used up by a request that the throttle rejects', async () => {
    const simulator = await startFrozenSimulator();
    const forwardedFor = '203.0.113.7';
    for (let index = 0; index < 11; index += 1)
      await call(simulator, '/api/v2/REF30/configuration', { forwardedFor });
    const handle = simulator.fault({ effect: { status: 500 } });
    expect((await call(simulator, '/api/v2/REF30/configuration', { forwardedFor })).status).toBe(429);
    expect(handle.used).toBe(0);
  });

  test.each<[string, unknown]>([
    ['no effect', {}],
    ['two outcomes', { effect: { status: 500, drop: 'before' } }],
    ['an unknown member', { effect: { stauts: 500 } }],
    ['an unknown endpoint', { endpoint: 'regsiter', effect: {} }],
    ['an impossible status', { effect: { status: 42 } }],
    ['a header with a line break', { effect: { status: 200, headers: { a: 'b\r\nc: d' } } }],
    ['a negative count', { count: -1, effect: {} }],
    ['a negative delay', { effect: { delayMs: [1, -1] } }],
    ['an empty list of delays', { effect: { delayMs: [] } }],
    ['a false html', { effect: { html: false } }],
    ['a drop at another time', { effect: { drop: 'later' } }],
    ['a stopped body', { effect: { slowBodyBytesPerSecond: 0 } }],
  ])('is refused with %s', async (_what, fault) => {
    const simulator = await startSimulator();
    expect(() => simulator.fault(fault as Fault)).toThrow(
      errorLike({ name: 'SimulatorError', code: 'invalid_argument' }),
    );
  });
});

test('every register call can be made slow', async () => {
  const simulator = await startSimulator({ registerDelayMs: 40 });
  const startedAt = performance.now();
  await registered(simulator);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(39);
});
