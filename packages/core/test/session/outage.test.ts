import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { FaultEffect } from '@pass-dcr/simulator';
import { Agent, type Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { createKeyNames } from '../../src/cache/keyNames.js';
import { identifierBytes } from '../../src/device/identifier.js';
import type { PassOptions } from '../../src/options.js';
import type { Pass } from '../../src/Pass.js';
import {
  createHarness,
  deviceNumber,
  hourMs,
  recordEvents,
  recordUnhandledRejections,
  secret,
  times,
  type EventRecording,
  type Harness,
} from './harness.js';
import { timingWith } from '../../src/testing/timingWith.js';
import { defaultTiming } from '../../src/timing.js';

const lifeMs = 6 * hourMs;
const minuteMs = 60_000;
const outageMs = 60 * minuteMs;

/** Of two thousand devices the one with the largest jitter: its renewal comes last, and leaves it the least time. */
const { device, jitter } = times(2_000, deviceNumber)
  .map((one) => ({ device: one, jitter: jitterOf(one.identifier) }))
  .reduce((largest, one) => (one.jitter > largest.jitter ? one : largest));

function jitterOf(identifier: string | Uint8Array): number {
  const names = createKeyNames({ environment: 'local', application: 'tv', nameSecret: secret });
  const tag = names.deviceTag(identifierBytes(identifier));
  return Buffer.from(tag, 'base64url').readUIntBE(0, 3) / 2 ** 24;
}

/** From the first token request on, as the ledger has it. */
const renewalAfterMs = lifeMs * (0.65 + 0.15 * jitter);

interface Outage {
  readonly harness: Harness;
  readonly pass: Pass;
  readonly recording: EventRecording;
  /** The token that was issued before. */
  readonly token: string;
  /** Advances the time, then asks for a token, and waits for the renewal that this may start. */
  readonly poll: (afterMs: number, ask?: () => Promise<unknown>) => Promise<void>;
}

/** The device has a token whose renewal is due in a second. */
async function beforeTheWorstInstant(
  harness: Harness,
  recording: EventRecording,
  options: Partial<PassOptions> = {},
  upstreamTimeoutMs = defaultTiming.machine.upstreamTimeoutMs,
): Promise<Outage> {
  const pass = harness.createPass(options, { timing: timingWith({ machine: { upstreamTimeoutMs } }) });
  const token = await pass.client(device).accessToken();
  const issuedAt = harness.simulator.ledger.entries({ endpoint: 'token' })[0]?.at ?? NaN;
  harness.advance(issuedAt + renewalAfterMs - harness.clock.now() - 1_000);
  let dueAt = issuedAt + renewalAfterMs;
  return {
    harness,
    pass,
    recording,
    token,
    async poll(afterMs, ask = async () => expect(await pass.client(device).accessToken()).toBe(token)) {
      harness.advance(afterMs);
      const attempts = recording.of('renewalPostponed').length;
      await ask();
      if (harness.clock.now() < dueAt) return;
      await expect
        .poll(() => recording.of('renewalPostponed').length, { interval: 1, timeout: 10_000 })
        .toBe(attempts + 1);
      dueAt = harness.clock.now() + (recording.of('renewalPostponed').at(-1)?.retryAfterMs ?? NaN);
    },
  };
}

/** Sixty minutes, a request a minute; then the token endpoint is back. Every request is served. */
async function outlive(outage: Outage, restore: () => void): Promise<void> {
  const { harness, pass, poll, recording } = outage;
  const { ledger } = harness.simulator;
  const mark = ledger.mark();
  const answeredTokenRequests = (): number =>
    ledger.entries({ since: mark, endpoint: 'token', status: 201 }).filter(({ fault }) => fault === undefined)
      .length;
  await poll(0, async () => await pass.client(device).profiles.all());
  expect(recording.of('renewalPostponed')).toEqual([]);
  const downAt = harness.clock.now();
  for (let minute = 1; minute <= 60; minute += 1) {
    await poll(minuteMs, async () => await pass.client(device).profiles.all());
  }
  expect(harness.clock.now() - downAt).toBeGreaterThanOrEqual(outageMs);
  const served = ledger.entries({ since: mark, endpoint: 'profiles' });
  expect(served.map(({ status }) => status)).toEqual(times(61, () => 200));
  expect(new Set(served.map(({ presentedToken }) => presentedToken)).size).toBe(1);
  expect(answeredTokenRequests()).toBe(0);
  expect(recording.of('renewalPostponed')).toHaveLength(60);
  expect(recording.of('requestFailed')).toEqual([]);

  restore();
  harness.advance(minuteMs);
  await pass.client(device).profiles.all();
  await expect.poll(answeredTokenRequests).toBe(1);
  await expect.poll(async () => await pass.client(device).accessToken()).not.toBe(outage.token);
  await pass.client(device).profiles.all();
  expect(ledger.entries({ since: mark, endpoint: 'profiles' }).at(-1)?.presentedToken).not.toBe(
    served[0]?.presentedToken,
  );
  expect(ledger.count({ endpoint: 'register' })).toBe(1);
}

const waysToBeDead: readonly (readonly [string, FaultEffect])[] = [
  ['answers 503', { status: 503 }],
  ['answers 500 as Adobe Pass words it', { error: 'internal_server_error' }],
  ['breaks the connection', { drop: 'before' }],
  ['breaks the connection after it has issued a token', { drop: 'after' }],
  ['answers 429', { throttle: true }],
  ['answers an HTML page', { html: true }],
  ['answers half a JSON body', { truncatedJson: true }],
];

describe('the latest of two thousand devices', () => {
  it('renews its token at 80 % of the life, when 72 minutes are left', async () => {
    expect(jitter).toBeGreaterThan(0.999);
    expect(lifeMs - renewalAfterMs).toBeLessThan(72.1 * minuteMs);
    await using harness = await createHarness();
    using recording = recordEvents();
    const { simulator } = harness;
    const { pass, token } = await beforeTheWorstInstant(harness, recording);
    expect(await pass.client(device).accessToken()).toBe(token);
    await expect.poll(async () => (await pass.readiness()).ready).toBe(true);
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(1);
    harness.advance(1_000);
    expect(await pass.client(device).accessToken()).toBe(token);
    await expect.poll(() => simulator.ledger.count({ endpoint: 'token', status: 201 })).toBe(2);
  });
});

describe('a token endpoint that is dead for 60 minutes, from just before the latest device would renew', () => {
  it.each(waysToBeDead)('%s: fails no request of a device that asks once a minute', async (_name, effect) => {
    await using harness = await createHarness();
    using recording = recordEvents();
    using rejections = recordUnhandledRejections();
    const outage = await beforeTheWorstInstant(harness, recording);
    const down = harness.simulator.fault({ endpoint: 'token', count: Infinity, effect });
    await outlive(outage, () => down.remove());
    expect(down.used).toBe(60);
    expect(await rejections.reasons()).toEqual([]);
  });

  it('does not answer: fails no request of a device that asks once a minute', async () => {
    await using harness = await createHarness();
    using recording = recordEvents();
    using rejections = recordUnhandledRejections();
    const outage = await beforeTheWorstInstant(harness, recording, {}, 120);
    const down = harness.simulator.fault({ endpoint: 'token', count: Infinity, effect: { delayMs: 60_000 } });
    await outlive(outage, () => down.remove());
    expect(down.used).toBe(60);
    expect(await rejections.reasons()).toEqual([]);
  });

  it('refuses connections: fails no request of a device that asks once a minute', async () => {
    await using harness = await createHarness();
    using recording = recordEvents();
    using rejections = recordUnhandledRejections();
    await using endpoint = await closablePort(harness.simulator.url);
    const outage = await beforeTheWorstInstant(harness, recording, { dispatcher: endpoint.dispatcher });
    endpoint.open = false;
    await outlive(outage, () => {
      endpoint.open = true;
    });
    expect(endpoint.refused).toBe(60);
    expect(await rejections.reasons()).toEqual([]);
  });

  it('is asked less and less often by a device that asks every second, as the policy says', async () => {
    await using harness = await createHarness();
    using recording = recordEvents();
    using rejections = recordUnhandledRejections();
    const { simulator } = harness;
    const { poll } = await beforeTheWorstInstant(harness, recording);
    simulator.fault({ endpoint: 'token', count: Infinity, effect: { status: 503 } });
    const mark = simulator.ledger.mark();
    for (let second = 1; second <= 3_600; second += 1) await poll(1_000);
    const attempts = simulator.ledger.entries({ since: mark, endpoint: 'token' });
    const gapsMs = attempts.slice(1).map(({ at }, index) => at - (attempts[index]?.at ?? NaN));
    expect(gapsMs.length).toBeGreaterThan(90);
    for (const [index, gapMs] of gapsMs.entries()) {
      const least = ([1_000, 2_000, 4_000, 8_000, 16_000][index] ?? 30_000) * (1 + jitter / 4);
      expect(gapMs, `gap ${index + 1}`).toBeGreaterThanOrEqual(Math.floor(least));
      // The first request after that makes the attempt.
      expect(gapMs, `gap ${index + 1}`).toBeLessThan(least + 2_000);
    }
    expect(recording.of('requestFailed')).toEqual([]);
    expect(await rejections.reasons()).toEqual([]);
  });
});

/** Sends token requests to a port on which nobody listens, while it is not open. */
async function closablePort(
  url: string,
): Promise<AsyncDisposable & { readonly dispatcher: Dispatcher; open: boolean; readonly refused: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const agent = new Agent();
  const self = {
    open: true,
    refused: 0,
    dispatcher: agent.compose((dispatch) => (options, handler) => {
      if (self.open || options.path !== '/o/client/token') return dispatch(options, handler);
      self.refused += 1;
      return dispatch({ ...options, origin: `http://127.0.0.1:${port}` }, handler);
    }),
    [Symbol.asyncDispose]: async () => {
      await agent.close();
    },
  };
  expect(url).not.toContain(`:${port}`);
  return self;
}
