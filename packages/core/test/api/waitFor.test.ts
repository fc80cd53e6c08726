import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import type { WaitOutcome, WaitParameters } from '../../src/api/profiles/types.js';
import type { CallOptions } from '../../src/api/CallOptions.js';
import { nextQuestion, paceOf, passes } from '../../src/api/profiles/pace.js';
import { SignIns } from '../../src/api/sessions/SignIns.js';
import { PassError } from '../../src/errors.js';
import { TransportFailure } from '../../src/http/Transport.js';
import { defaultTiming } from '../../src/timing.js';
import { gatewayPage } from '../http/upstreamResponse.js';
import { breathe, stage, type Answer, type Stage } from './scripted.js';

const clientOn = (on: Stage): ApiClient => new ApiClient(on, { identifier: 'tv' }, undefined);

const none: Answer = [200, { profiles: {} }];
const done: Answer = [
  200,
  { profiles: { Acme: { notBefore: 1, notAfter: 2, issuer: 'Acme', type: 'regular', attributes: {} } } },
];
const session: Answer = [200, { actionName: 'resume', code: 'NEW', serviceProvider: 'REF30' }];
const refusal: Answer = [400, { status: 400, code: 'invalid_authentication_session', action: 'none' }];

/** Waits, and notes when each question was asked, in milliseconds from the start. */
const wait = (on: Stage, parameters: Partial<WaitParameters> = {}, options?: CallOptions) => {
  const startedAt = on.clock.now();
  const askedAt: number[] = [];
  on.tokens.onPeek = () => askedAt.push(on.clock.now() - startedAt);
  const outcome = clientOn(on).profiles.waitFor({ code: 'abc', ...parameters }, options);
  return { outcome, askedAt };
};

const played = async (
  on: Stage,
  parameters: Partial<WaitParameters> = {},
): Promise<{ readonly outcome: WaitOutcome; readonly askedAt: readonly number[] }> => {
  const { outcome, askedAt } = wait(on, parameters);
  return { outcome: await on.play(outcome), askedAt };
};

describe('client.profiles.waitFor', () => {
  it('asks at once and then every five seconds, until the viewer has signed in', async () => {
    const on = stage(none, none, done);
    const { outcome, askedAt } = await played(on);
    expect(outcome).toMatchObject({ outcome: 'signedIn', profile: { mvpd: 'Acme' } });
    expect(askedAt).toEqual([0, 5_000, 10_000]);
    expect(on.transport.sent[0]?.path).toBe('/api/v2/REF30/profiles/code/ABC');
    expect(on.tokens.signedInWith).toEqual(['token-1']);
    expect(on.clock.pendingTimers).toBe(0);
  });

  it.each([
    [1, 3_000],
    [3_000, 3_000],
    [8_000, 8_000],
  ])('with an interval of %i ms asks every %i ms', async (intervalMs, everyMs) => {
    const { askedAt } = await played(stage(none, none, done), { intervalMs });
    expect(askedAt).toEqual([0, everyMs, 2 * everyMs]);
  });

  it('ends with the time of the code', async () => {
    const on = stage(none, none, none);
    const startedAt = on.clock.now();
    const { outcome, askedAt } = await played(on, { notAfter: startedAt + 12_000 });
    expect(outcome).toEqual({ outcome: 'expired' });
    expect(askedAt).toEqual([0, 5_000, 10_000]);
    expect(on.clock.now() - startedAt).toBe(12_000);
    expect((await played(on, { notAfter: startedAt + 12_000 })).outcome).toEqual({ outcome: 'expired' });
    expect(on.transport.sent).toHaveLength(3);
  });

  it('waits half an hour where nobody says how long', async () => {
    const on = stage(...Array.from({ length: 60 }, () => none));
    const startedAt = on.clock.now();
    const waiting = clientOn(on).profiles.waitFor({ code: 'abc', intervalMs: 30_000 });
    for (let questions = 0; questions < 60; questions += 1) {
      await breathe();
      on.clock.advance(30_000);
    }
    expect(await waiting).toEqual({ outcome: 'expired' });
    expect(on.clock.now() - startedAt).toBeLessThanOrEqual(31 * 60_000);
    expect(on.transport.sent).toHaveLength(60);
  });

  it.each<[string, readonly Answer[]]>([
    ['a 401', [[401], none]],
    ['a second 401 at once', [[401], [401]]],
    [
      'a 429 that lasts',
      [
        [429, gatewayPage],
        [429, gatewayPage],
        [429, gatewayPage],
      ],
    ],
    [
      'a 503 that lasts',
      [
        [503, ''],
        [503, ''],
        [503, ''],
      ],
    ],
    ['a page instead of an answer', [[200, '<html></html>']]],
    ['a lost connection', Array.from({ length: 3 }, () => new TransportFailure('connection', true, 'lost'))],
  ])('survives %s in between', async (_, answers) => {
    const { outcome } = await played(stage(none, ...answers, done));
    expect(outcome).toMatchObject({ outcome: 'signedIn' });
  });

  it('survives a cache that does not answer', async () => {
    const on = stage(done);
    on.tokens.held = undefined;
    on.tokens.refusal = new PassError('cache_unavailable', 'down');
    const { outcome } = wait(on);
    await breathe();
    on.tokens.refusal = undefined;
    expect(await on.play(outcome)).toMatchObject({ outcome: 'signedIn' });
  });

  it('leaves Adobe Pass alone for as long as it asks', async () => {
    const error = new PassError('upstream_throttled', 'x', { retryAfterMs: 60_000 });
    expect(nextQuestion(1_000, { intervalMs: 5_000 }, 2_000, error)).toBe(62_000);
    expect(nextQuestion(1_000, { intervalMs: 5_000 }, 2_000)).toBe(6_000);
  });

  it('ends where waiting does not help', async () => {
    const misfit: Answer = [401, { status: 401, code: 'invalid_access_token_service_provider' }];
    await expect(on401(misfit)).rejects.toMatchObject({ code: 'application_not_accepted' });
    expect(passes(new PassError('closed', 'x'))).toBe(false);
    expect(passes(new Error('x'))).toBe(false);
  });

  it('ends where Adobe Pass knows the code no longer', async () => {
    const { outcome } = await played(stage(none, refusal));
    expect(outcome).toMatchObject({
      outcome: 'codeRefused',
      error: { code: 'upstream_refused', mustAct: 'viewer' },
    });
  });

  it('says to start again where the pair of the device has changed meanwhile', async () => {
    const on = stage(session, none, refusal);
    on.tokens.pair = { clientId: 'one', clientSecret: 's', generation: 1, registeredAt: 0 };
    await clientOn(on).sessions.create();
    const { outcome } = wait(on, { code: 'new' });
    await breathe();
    on.tokens.pair = { clientId: 'two', clientSecret: 's', generation: 2, registeredAt: 0 };
    expect(await on.play(outcome)).toMatchObject({
      outcome: 'startAgain',
      error: { code: 'session_outdated', viewerMustSignIn: true },
    });
  });

  it('ends at once when the device is given a newer code', async () => {
    const on = stage(none, session, none, session);
    const { outcome } = wait(on);
    const other = new ApiClient(on, { identifier: 'tv' }, { serviceProvider: 'REF31' });
    await breathe();
    await clientOn(on).sessions.create();
    expect(await outcome).toEqual({ outcome: 'superseded' });
    expect(on.clock.pendingTimers).toBe(0);
    const elsewhere = other.profiles.waitFor({ code: 'abc' });
    await breathe();
    await clientOn(on).sessions.create();
    await breathe();
    expect(on.clock.pendingTimers).toBeGreaterThan(0);
    on.shutDown(new PassError('closed', 'shutting down'));
    await expect(elsewhere).rejects.toMatchObject({ code: 'closed' });
  });

  it('knows that a code is no longer the last, and says nothing of one that it was not given', () => {
    const signIns = new SignIns(2);
    signIns.begun('tv', { code: 'A', clientId: 'one' });
    signIns.begun('tv', { code: 'b', clientId: 'two' });
    expect(['A', 'B', 'C'].map((code) => signIns.isSuperseded('tv', code))).toEqual([true, false, false]);
    expect(['A', 'B', 'C'].map((code) => signIns.clientIdOf('tv', code))).toEqual(['one', 'two', undefined]);
    signIns.begun('x', { code: 'A', clientId: undefined });
    signIns.begun('y', { code: 'A', clientId: undefined });
    expect(signIns.clientIdOf('tv', 'B')).toBeUndefined();
  });

  it('ends with the reason of its caller’s signal, also while a question is on its way', async () => {
    for (const answer of [none, new Promise<never>(() => undefined)]) {
      const on = stage(answer);
      const controller = new AbortController();
      const { outcome } = wait(on, {}, { signal: controller.signal });
      await breathe();
      controller.abort('the viewer went away');
      await expect(outcome).rejects.toBe('the viewer went away');
      expect(on.clock.pendingTimers).toBe(0);
    }
  });

  it('ends with the process', async () => {
    const on = stage(none);
    const { outcome } = wait(on);
    await breathe();
    on.shutDown(new PassError('closed', 'shutting down'));
    await expect(outcome).rejects.toMatchObject({ code: 'closed' });
    expect(on.clock.pendingTimers).toBe(0);
  });

  it('keeps the pace where somebody sets the clock back an hour', async () => {
    const on = stage(none, done);
    const { outcome } = wait(on);
    await breathe();
    on.clock.step(-3_600_000);
    on.clock.advance(5_000);
    await breathe();
    expect(on.transport.sent).toHaveLength(2);
    expect(await outcome).toMatchObject({ outcome: 'signedIn' });
  });

  it('keeps the pace where a device comes back for the same code', async () => {
    const on = stage(none, done);
    const controller = new AbortController();
    const first = wait(on, {}, { signal: controller.signal });
    await breathe();
    controller.abort('reconnects');
    await expect(first.outcome).rejects.toBe('reconnects');
    on.clock.advance(500);
    const { askedAt } = await played(on);
    expect(askedAt).toEqual([2_500]);
  });

  it.each([
    [{ code: '' }],
    [{ intervalMs: Number.NaN }],
    [{ intervalMs: '5' as unknown as number }],
    [{ notAfter: -1 }],
  ])('refuses %j', async (parameters) => {
    const on = stage();
    await expect(wait(on, parameters).outcome).rejects.toMatchObject({ code: 'parameter_invalid' });
  });

  it('takes no code for longer than a day', () => {
    expect(paceOf({ notAfter: 8e15 }, 1_000, defaultTiming.calls).lastsMs).toBe(86_400_000);
  });
});

async function on401(answer: Answer): Promise<WaitOutcome> {
  const on = stage(answer, answer);
  return await on.play(wait(on).outcome);
}
