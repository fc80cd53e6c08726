import type { EndpointName, FaultEffect } from '@pass-dcr/simulator';
import { describe, expect, it, vi } from 'vitest';
import { errorTable, isPassError, type PassErrorCode } from '../../src/errors.js';
import type { PassClient } from '../../src/PassClient.js';
import { timingWith } from '../../src/testing/timingWith.js';
import { createHarness, deviceNumber, hourMs } from './harness.js';

const device = deviceNumber(1);

// They wait for pauses, each for its own.
vi.setConfig({ maxConcurrency: 12 });

/** As of servers, but that a call is given up after two seconds, and that the pauses are short. */
const timing = timingWith({
  machine: { upstreamTimeoutMs: 2_000, leaseMs: 4_000, backoffFirstMs: 60 },
  calls: { deadlineMs: 12_000, backoffFirstMs: 50 },
});

const ugly: readonly (readonly [string, FaultEffect])[] = [
  ['an HTML page', { html: true }],
  ['half a JSON body', { truncatedJson: true }],
  ['ten megabytes', { bodyBytes: 10_000_000 }],
  ['a connection reset before it took effect', { drop: 'before' }],
  ['a connection reset after it took effect', { drop: 'after' }],
  ['a 500 with HTML', { status: 500, body: '<html>' }],
  ['a 403 of a gateway', { status: 403, body: '<html>' }],
];

describe.concurrent('what comes instead of an answer', () => {
  it.each(ugly)(
    'of a registration: %s: the next attempt succeeds, within the deadline',
    async (_name, effect) => {
      await using harness = await createHarness({ throttle: 'off' });
      harness.simulator.fault({ endpoint: 'register', effect });
      await expect(harness.createPass({}, { timing }).client(device).accessToken()).resolves.toBeTypeOf(
        'string',
      );
      expect(harness.simulator.ledger.count({ endpoint: 'register' })).toBe(2);
    },
  );

  it.each(ugly)('of a token request: %s: the pair is kept', async (_name, effect) => {
    await using harness = await createHarness({ throttle: 'off' });
    harness.simulator.fault({ endpoint: 'token', effect });
    await expect(harness.createPass({}, { timing }).client(device).accessToken()).resolves.toBeTypeOf(
      'string',
    );
    expect(harness.simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    expect(harness.simulator.ledger.count({ endpoint: 'token' })).toBe(2);
  });

  it.each(['register', 'token', 'profiles', 'configuration'] as const)(
    'a body of one byte per second, of %s: the next attempt succeeds, within the deadline',
    async (endpoint) => {
      await using harness = await createHarness({ throttle: 'off' });
      const { ledger } = harness.simulator;
      harness.simulator.fault({ endpoint, effect: { slowBodyBytesPerSecond: 1 } });
      const startedAt = Date.now();
      await callFor[endpoint](harness.createPass({}, { timing }).client(device));
      expect(Date.now() - startedAt).toBeLessThan(timing.calls.deadlineMs);
      expect(ledger.count({ endpoint })).toBe(2);
      expect(ledger.count({ endpoint: 'register' })).toBe(endpoint === 'register' ? 2 : 1);
    },
  );

  it.each([-86_400_000, 86_400_000])(
    'a clock of Adobe Pass that is off by %i ms changes nothing',
    async (dateSkewMs) => {
      await using harness = await createHarness();
      const { simulator } = harness;
      simulator.fault({ endpoint: '*', count: Infinity, effect: { dateSkewMs } });
      const pass = harness.createPass({}, { timing });
      const client = pass.client(device);
      const token = await client.accessToken();
      await client.profiles.all();
      await client.configuration();
      harness.advance(3 * hourMs);
      expect(await client.accessToken()).toBe(token);
      harness.advance(3 * hourMs);
      expect(await client.accessToken()).not.toBe(token);
      await client.profiles.all();
      expect(simulator.ledger.count({ endpoint: 'profiles', status: 200 })).toBe(2);
      expect(simulator.ledger.count({ endpoint: 'token' })).toBe(2);
      expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    },
  );
});

type SimpleEndpoint = Extract<EndpointName, 'register' | 'token' | 'profiles' | 'configuration'>;

/** What makes a client call the endpoint. */
const callFor: Readonly<Record<SimpleEndpoint, (client: PassClient) => Promise<unknown>>> = {
  register: async (client) => await client.accessToken(),
  token: async (client) => await client.accessToken(),
  profiles: async (client) => await client.profiles.all(),
  configuration: async (client) => await client.configuration(),
};

interface Lasting {
  readonly what: string;
  readonly effect: FaultEffect;
  /** Of the DCR endpoints, then of the API. */
  readonly codes: readonly [PassErrorCode, PassErrorCode];
  /** Requests of the endpoint in one call; a body that is there but useless is not asked for again from the API. */
  readonly attempts: readonly [number, number];
}

const lasting: readonly Lasting[] = [
  {
    what: 'an HTML page',
    effect: { html: true },
    codes: ['upstream_response_invalid', 'upstream_response_invalid'],
    attempts: [3, 1],
  },
  {
    what: 'half a JSON body',
    effect: { truncatedJson: true },
    codes: ['upstream_response_invalid', 'upstream_response_invalid'],
    attempts: [3, 1],
  },
  {
    what: 'ten megabytes',
    effect: { bodyBytes: 10_000_000 },
    codes: ['upstream_response_invalid', 'upstream_response_invalid'],
    attempts: [3, 1],
  },
  {
    what: 'a connection reset',
    effect: { drop: 'before' },
    codes: ['upstream_unavailable', 'upstream_unavailable'],
    attempts: [3, 3],
  },
  {
    what: 'one byte per second',
    effect: { slowBodyBytesPerSecond: 1 },
    codes: ['upstream_unavailable', 'upstream_unavailable'],
    attempts: [3, 3],
  },
  {
    what: 'a 503',
    effect: { status: 503 },
    codes: ['upstream_unavailable', 'upstream_unavailable'],
    attempts: [3, 3],
  },
];

describe.concurrent('what comes instead of every answer', () => {
  const rows = lasting.flatMap((row) =>
    (['register', 'token', 'profiles', 'configuration'] as const).map((endpoint) => ({ ...row, endpoint })),
  );

  it.each(rows)(
    '$what, from $endpoint: is a typed error within the deadline, and costs no pair',
    { timeout: 40_000 },
    async ({ endpoint, effect, codes, attempts }) => {
      await using harness = await createHarness({ throttle: 'off' });
      const { ledger } = harness.simulator;
      const isDcr = endpoint === 'register' || endpoint === 'token';
      const client = harness.createPass({}, { timing }).client(device);
      if (!isDcr) await client.accessToken();
      const fault = harness.simulator.fault({ endpoint, count: Infinity, effect });
      const startedAt = Date.now();
      const error = await callFor[endpoint](client).catch((reason: unknown) => reason);
      expect(Date.now() - startedAt).toBeLessThan(timing.calls.deadlineMs + 500);
      const code = codes[isDcr ? 0 : 1];
      expect(isPassError(error)).toBe(true);
      expect(error).toMatchObject({ code, status: errorTable[code].status, retryable: true });
      expect(ledger.count({ endpoint })).toBe(attempts[isDcr ? 0 : 1]);
      expect(ledger.count({ endpoint: 'register' })).toBe(endpoint === 'register' ? attempts[0] : 1);

      fault.remove();
      harness.advance(60_000);
      // The last attempt of a registration or a token request may still be under way, and fail.
      await callFor[endpoint](client).catch(async () => await callFor[endpoint](client));
      expect(ledger.count({ endpoint: 'register' })).toBe(endpoint === 'register' ? attempts[0] + 1 : 1);
    },
  );
});
