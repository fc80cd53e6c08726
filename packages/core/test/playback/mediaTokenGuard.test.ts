import { simulatedMediaTokenVerifier } from '@pass-dcr/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Authorization } from '../../src/api/decisions/types.js';
import {
  mediaTokenGuard,
  type MediaTokenGuardOptions,
  type MediaTokenQuestion,
} from '../../src/playback/mediaTokenGuard.js';
import type { MediaTokenStatus, MediaTokenVerifier } from '../../src/playback/MediaTokenVerifier.js';
import type { PassClient } from '../../src/PassClient.js';
import { ManualClock } from '../time/ManualClock.js';
import { createHarness, deviceNumber, recordEvents, type Harness } from '../session/harness.js';

const mvpd = 'TempPass_TEST40';
const resource = 'REF30 <"news" & more> 📺 ';

describe('the guard of media tokens', () => {
  let harness: Harness;
  let client: PassClient;
  beforeAll(async () => {
    harness = await createHarness();
    client = harness.createPass().client(deviceNumber(1));
  });
  afterAll(async () => await harness[Symbol.asyncDispose]());

  const verifier: MediaTokenVerifier = {
    verify: (question) => simulatedMediaTokenVerifier({ now: () => harness.clock.now() }).verify(question),
  };
  const guardWith = (options: Partial<MediaTokenGuardOptions> = {}) =>
    mediaTokenGuard({ verifier, cache: harness.cache, clock: harness.clock, ...options });
  const permit = async (): Promise<Extract<Authorization, { authorized: true }>> => {
    // Each token is of its own second, so none is like another.
    harness.advance(1_000);
    const [decision] = await client.decisions.authorize({ mvpd, resources: [resource] });
    if (decision?.authorized !== true) throw new Error('denied');
    return decision;
  };
  const withToken = (
    decision: Extract<Authorization, { authorized: true }>,
    token: object,
  ): MediaTokenQuestion => ({
    decision: { ...decision, token: { ...decision.token, serializedToken: '', ...token } },
    resource,
  });

  it('accepts a token once, whichever server is asked', async () => {
    const decision = await permit();
    const verdicts = await Promise.all(
      Array.from({ length: 8 }, async () => await guardWith().check({ decision, resource })),
    );
    expect(verdicts.filter(({ accepted }) => accepted)).toHaveLength(1);
    expect(verdicts.filter(({ accepted }) => !accepted)).toEqual(
      Array.from({ length: 7 }, () => ({ accepted: false, reason: 'usedBefore' })),
    );
  });

  it('refuses what the decision itself speaks against, without a verifier', async () => {
    const decision = await permit();
    let asked = 0;
    const clock = new ManualClock();
    const guard = guardWith({
      clock,
      verifier: {
        async verify() {
          asked += 1;
          return 'VALID_TOKEN';
        },
      },
    });
    const { serializedToken = '' } = decision.token ?? {};
    const now = clock.now();
    const rows: [MediaTokenQuestion, string][] = [
      [{ decision: { ...decision, authorized: false }, resource }, 'notAuthorized'],
      [{ decision, resource: resource.trim() }, 'otherResource'],
      [{ decision: { authorized: true, resource }, resource }, 'tokenMissing'],
      [withToken(decision, {}), 'tokenMissing'],
      [withToken(decision, { serializedToken, notBefore: now + 1 }), 'notYetValid'],
      [withToken(decision, { serializedToken, notAfter: now - 1 }), 'expired'],
    ];
    for (const [question, reason] of rows)
      expect(await guard.check(question)).toEqual({ accepted: false, reason });
    expect(asked).toBe(0);
    // At its very first and its very last millisecond it is good.
    expect(
      await guard.check(withToken(decision, { serializedToken, notBefore: now, notAfter: now })),
    ).toEqual({
      accepted: true,
    });
  });

  it('has a second for clocks that differ, where it is told to', async () => {
    const decision = await permit();
    const { serializedToken } = decision.token ?? {};
    const clock = new ManualClock();
    const question = withToken(decision, {
      serializedToken,
      notBefore: clock.now() + 1_000,
      notAfter: clock.now() + 2_000,
    });
    expect(await guardWith({ clock, clockToleranceMs: 999 }).check(question)).toMatchObject({
      reason: 'notYetValid',
    });
    expect(await guardWith({ clock, clockToleranceMs: 1_000 }).check(question)).toEqual({ accepted: true });
  });

  it('has the simulator verify its own tokens, and no others', async () => {
    const decision = await permit();
    const genuine = Buffer.from(decision.token?.serializedToken ?? '', 'base64').toString();
    const status = async (text: string, of = resource): Promise<unknown> =>
      await verifier.verify({
        serializedToken: Buffer.from(text).toString('base64'),
        resource: of,
        signal: new AbortController().signal,
      });
    expect(await status(genuine)).toBe('VALID_TOKEN');
    expect(await status(genuine, 'REF31')).toBe('INVALID_RESOURCE_ID');
    expect(await status(genuine.replace('REF30', 'REF31'))).toBe('INVALID_SIGNATURE');
    expect(await status(genuine.replace(/<ttl>\d+/, '<ttl>99999999'))).toBe('INVALID_SIGNATURE');
    expect(await status('<signatureInfo>abc')).toBe('INVALID_TOKEN_FORMAT');
    harness.advance(421_000);
    expect(await status(genuine)).toBe('TOKEN_EXPIRED');
  });

  it.each<MediaTokenStatus>([
    'INVALID_TOKEN_FORMAT',
    'INVALID_SIGNATURE',
    'TOKEN_EXPIRED',
    'INVALID_RESOURCE_ID',
    'ERROR_UNKNOWN',
  ])('passes %s on, and the token is not used up by it', async (status) => {
    const decision = await permit();
    const guard = guardWith({ verifier: { verify: async () => status } });
    expect(await guard.check({ decision, resource })).toEqual({
      accepted: false,
      reason: 'notVerified',
      status,
    });
    expect(await guardWith().check({ decision, resource })).toEqual({ accepted: true });
  });

  it.each<[string, MediaTokenVerifier]>([
    [
      'throws',
      {
        verify: () => {
          throw new Error('broken');
        },
      },
    ],
    ['rejects', { verify: async () => await Promise.reject(new Error('broken')) }],
    ['says yes in a way of its own', { verify: async () => true as never }],
  ])('takes a verifier that %s for one that cannot tell', async (_, broken) => {
    const decision = await permit();
    expect(await guardWith({ verifier: broken }).check({ decision, resource })).toEqual({
      accepted: false,
      reason: 'notVerified',
      status: 'ERROR_UNKNOWN',
    });
  });

  it('waits for a verifier no longer than it is told to, and ends its question', async () => {
    const decision = await permit();
    let ended: AbortSignal | undefined;
    const guard = guardWith({
      verifierTimeoutMs: 100,
      verifier: {
        verify: async ({ signal }) => {
          ended = signal;
          return await new Promise<never>(() => undefined);
        },
      },
    });
    const verdict = guard.check({ decision, resource });
    await new Promise((resolve) => setImmediate(resolve));
    harness.advance(100);
    expect(await verdict).toMatchObject({ status: 'ERROR_UNKNOWN' });
    expect(ended?.aborted).toBe(true);
  });

  it('does not play where the cache cannot say, and tells it without the token', async () => {
    const decision = await permit();
    using heard = recordEvents();
    const guard = guardWith({
      cache: {
        scope: 'shared',
        read: async () => [],
        swap: async () => await Promise.reject(new Error('down')),
      },
    });
    const refused = guard.check({ decision, resource });
    await expect(refused).rejects.toMatchObject({ code: 'cache_unavailable', status: 503 });
    expect(heard.of('requestFailed')).toHaveLength(1);
    expect(JSON.stringify(heard.events)).not.toContain(decision.token?.serializedToken);
  });

  it('keeps no token, only its hash, and that no longer than the token lives', async () => {
    const decision = await permit();
    const seen: unknown[] = [];
    const guard = guardWith({
      cache: {
        ...harness.cache,
        swap: async (...given) => {
          seen.push(given);
          return await harness.cache.swap(...given);
        },
      },
    });
    await guard.check({ decision, resource });
    expect(JSON.stringify(seen)).not.toContain(decision.token?.serializedToken.slice(0, 40));
    const [[key, , written]] = seen as [[string, unknown, { ttlMs: number }]];
    expect(key).toMatch(/^pass-dcr:media:[\da-f]{64}$/);
    expect(written.ttlMs).toBeGreaterThanOrEqual((decision.token?.notAfter ?? 0) - harness.clock.now());
    expect(written.ttlMs).toBeLessThan(600_000);
  });

  it.each([[undefined], [{}], [{ decision: { token: { serializedToken: 7 } }, resource: 'a' }]])(
    'refuses a question that is none: %j',
    async (question) => {
      await expect(guardWith().check(question as never)).rejects.toMatchObject({ code: 'parameter_invalid' });
    },
  );

  it('refuses options that are none', () => {
    expect(() => mediaTokenGuard({ cache: harness.cache } as never)).toThrow(/verifier must have a method/);
    expect(() => guardWith({ verifierTimeoutMs: 0 })).toThrow(/verifierTimeoutMs/);
  });
});
