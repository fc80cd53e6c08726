import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { callProtected, type ProtectedCall } from '../../src/api/callProtected.js';
import { PassError } from '../../src/errors.js';
import { TransportFailure, type UpstreamResponse } from '../../src/http/Transport.js';
import { Deadline } from '../../src/time/Deadline.js';
import { gatewayPage, upstreamResponse } from '../http/upstreamResponse.js';
import { breathe, stage, type Stage } from './scripted.js';

const call: ProtectedCall = {
  endpoint: 'profiles',
  method: 'GET',
  path: '/api/v2/REF30/profiles',
  headers: { 'x-forwarded-for': '203.0.113.7' },
};

const make = async (
  on: Stage,
  given: Partial<ProtectedCall> = {},
  signals: readonly (AbortSignal | undefined)[] = [],
) => {
  const deadline = new Deadline(on.clock, 15_000, signals);
  const device = { identifier: 'device-1' };
  try {
    return await callProtected(on, { key: on.tokens.keyOf(), device, call: { ...call, ...given }, deadline });
  } finally {
    deadline.end();
  }
};

const sentTokens = (on: Stage): readonly unknown[] =>
  on.transport.sent.map(({ headers }) => headers['authorization']);

const unauthorized = [
  401,
  { status: 401, code: 'invalid_access_token_service_provider', action: 'none' },
] as const;

describe('callProtected', () => {
  it('sends the token in memory without asking for one', async () => {
    const on = stage([200, { profiles: {} }]);
    const { body } = await make(on);
    expect(body).toEqual({ profiles: {} });
    expect(on.transport.sent).toEqual([
      {
        method: 'GET',
        path: call.path,
        headers: {
          ...call.headers,
          accept: 'application/json;charset=utf-8',
          authorization: 'Bearer token-1',
        },
      },
    ]);
    expect(on.tokens.asked).toEqual([]);
  });

  it('obtains a token where there is none, within the deadline of the call', async () => {
    const on = stage([200, {}]);
    on.tokens.held = undefined;
    await make(on);
    expect(on.tokens.asked).toEqual([{ signal: undefined, deadline: on.clock.now() + 15_000 }]);
  });

  it('names the refused token, and replays the same body once with another', async () => {
    const on = stage([401], [200, 'null']);
    await make(on, { method: 'POST', body: 'a=b' });
    expect(on.tokens.asked).toMatchObject([{ rejected: 'token-1' }]);
    expect(sentTokens(on)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(on.transport.sent.map(({ body }) => body)).toEqual(['a=b', 'a=b']);
  });

  it('does not replay twice', async () => {
    const on = stage([401], [401]);
    await expect(make(on)).rejects.toMatchObject({ code: 'access_token_rejected', adobe: { status: 401 } });
    expect(on.transport.sent).toHaveLength(2);
  });

  it('names the application where a fresh token does not help', async () => {
    const on = stage(unauthorized, unauthorized);
    await expect(make(on)).rejects.toMatchObject({ code: 'application_not_accepted', status: 500 });
  });

  it('names the application also where no further refresh is forced', async () => {
    const on = stage(unauthorized);
    on.tokens.refusal = new PassError('access_token_rejected', 'refreshed a moment ago');
    await expect(make(on)).rejects.toMatchObject({ code: 'application_not_accepted' });
    expect(on.transport.sent).toHaveLength(1);
  });

  it('leaves a throttled address alone for a second, then goes on', async () => {
    const on = stage([429, gatewayPage], [200, {}]);
    const started = on.clock.now();
    await on.play(make(on));
    expect(on.clock.now() - started).toBeGreaterThanOrEqual(1_000);
    expect(on.transport.sent).toHaveLength(2);
  });

  it('gives up after two retries of a 429, at once', async () => {
    const on = stage([429, gatewayPage], [429, gatewayPage], [429, gatewayPage]);
    await expect(on.play(make(on))).rejects.toMatchObject({
      code: 'upstream_throttled',
      retryAfterMs: 1_000,
    });
    expect(on.transport.sent).toHaveLength(3);
  });

  it('waits its turn where another device of the same address was throttled', async () => {
    const on = stage([200, {}], [200, {}]);
    on.gate.throttled('203.0.113.7', null);
    await make(on, { headers: { 'x-forwarded-for': '203.0.113.8' } });
    const waiting = make(on);
    await breathe();
    expect(on.transport.sent).toHaveLength(1);
    await on.play(waiting);
    expect(on.transport.sent).toHaveLength(2);
  });

  it('fails at once where the turn comes after the deadline', async () => {
    const on = stage();
    on.gate.throttled('203.0.113.7', 20_000);
    await expect(make(on)).rejects.toMatchObject({ code: 'upstream_throttled', retryAfterMs: 20_000 });
    expect(on.transport.sent).toHaveLength(0);
    expect(on.clock.pendingTimers).toBe(0);
  });

  it('retries a lost connection twice', async () => {
    const lost = new TransportFailure('connection', true, 'the connection was lost');
    const on = stage(lost, lost, lost);
    await expect(on.play(make(on))).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(on.transport.sent).toHaveLength(3);
  });

  it('ends by the deadline although the answer is late', async () => {
    const on = stage(new Promise<UpstreamResponse>(() => undefined));
    await expect(on.play(make(on))).rejects.toMatchObject({ code: 'deadline_exceeded', status: 503 });
    expect(on.clock.pendingTimers).toBe(0);
  });

  it("rejects with the reason of the caller's signal, while the request goes on", async () => {
    let answer: (response: UpstreamResponse) => void = () => undefined;
    const on = stage(
      new Promise<UpstreamResponse>((resolve) => {
        answer = resolve;
      }),
    );
    const controller = new AbortController();
    const waiting = make(on, {}, [undefined, new AbortController().signal, controller.signal]);
    await breathe();
    controller.abort('the viewer zapped');
    await expect(waiting).rejects.toBe('the viewer zapped');
    answer(upstreamResponse(500));
    await breathe();
    expect(on.clock.pendingTimers).toBe(0);
    expect(on.transport.sent).toHaveLength(1);
  });

  it('sends nothing for a caller that has gone already', async () => {
    const on = stage();
    await expect(make(on, {}, [AbortSignal.abort('gone')])).rejects.toBe('gone');
    expect(on.transport.sent).toHaveLength(0);
    expect(on.tokens.asked).toHaveLength(0);
  });

  it('ends a pause when the server shuts down, and sends nothing more', async () => {
    const on = stage([503, ''], [200, {}]);
    const waiting = make(on);
    await breathe();
    on.shutDown(new PassError('closed', 'shutting down'));
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(make(on)).rejects.toMatchObject({ code: 'closed' });
    expect(on.transport.sent).toHaveLength(1);
    expect(on.clock.pendingTimers).toBe(0);
  });

  it('sends nothing more when the server shut down while the last attempt ran', async () => {
    let answer: (response: UpstreamResponse) => void = () => undefined;
    const late = new Promise<UpstreamResponse>((resolve) => {
      answer = resolve;
    });
    const on = stage(late, [200, {}]);
    const waiting = make(on);
    await breathe();
    on.shutDown(new PassError('closed', 'shutting down'));
    answer(upstreamResponse(503));
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    expect(on.clock.pendingTimers).toBe(0);
  });

  it('does all calls of one caller under one deadline', async () => {
    const on = stage([503, ''], [200, {}], new Promise<UpstreamResponse>(() => undefined));
    const deadline = new Deadline(on.clock, 1_000, []);
    const placed = { key: on.tokens.keyOf(), device: { identifier: 'device-1' }, call, deadline };
    await on.play(callProtected(on, placed));
    expect(deadline.remainingMs).toBeLessThan(1_000);
    const startedAt = on.clock.now();
    await expect(on.play(callProtected(on, placed))).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(on.clock.now() - startedAt).toBeLessThan(1_000);
  });

  it.each([[1], [2]])('leaves no listener on %i signals that live longer than the call', async (count) => {
    const on = stage([429, gatewayPage], [200, {}]);
    const signals = Array.from({ length: count }, () => new AbortController().signal);
    await on.play(make(on, {}, signals));
    for (const signal of [...signals, on.closing]) expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('an error of a call', () => {
  it.each([
    ['the identifier', 'a1b2c3d4e5f6'],
    ['the token', 'token-1'],
    ['the client id', '0123456789ab'],
    ['the client secret', 'fedcba987654'],
  ])('shows nothing of %s, whatever is repeated', async (_, echoed) => {
    const on = stage([400, { code: 'some_code', action: 'none', trace: echoed, message: `no ${echoed}` }]);
    on.tokens.pair = {
      clientId: '0123456789ab',
      clientSecret: 'fedcba987654',
      generation: 1,
      registeredAt: 0,
    };
    const deadline = new Deadline(on.clock, 15_000, []);
    const device = { identifier: 'a1b2c3d4e5f6' };
    const failed = callProtected(on, { key: on.tokens.keyOf(), device, call, deadline });
    await expect(failed).rejects.toMatchObject({
      code: 'upstream_refused',
      adobe: { status: 400, code: 'some_code', action: 'none' },
      viewerMessage: undefined,
    });
    await failed.catch((error: unknown) => {
      expect(error).not.toHaveProperty('adobe.trace');
    });
  });
});

describe('a call that may bind a viewer', () => {
  const binding = { method: 'POST', path: '/api/v2/REF30/sessions', signIn: 'begins' } as const;

  it('is sent with a token of a confirmed pair, also where one is in memory', async () => {
    const on = stage([200, {}]);
    await make(on, binding);
    expect(on.tokens.asked).toEqual([{ binds: true, signal: undefined, deadline: on.clock.now() + 15_000 }]);
    expect(on.transport.sent).toMatchObject([{ method: 'POST', path: '/api/v2/REF30/sessions' }]);
    expect(on.transport.sent[0]).not.toHaveProperty('signIn');
  });

  it('is not sent where the pair cannot be confirmed', async () => {
    const on = stage();
    on.tokens.refusal = new PassError('cache_unavailable', 'the cache does not answer');
    await expect(make(on, binding)).rejects.toMatchObject({ code: 'cache_unavailable' });
    expect(on.transport.sent).toEqual([]);
  });

  it('for an address that is throttled for longer than its caller waits confirms nothing', async () => {
    const on = stage();
    on.gate.throttled('203.0.113.7', 60_000);
    await expect(make(on, binding)).rejects.toMatchObject({
      code: 'upstream_throttled',
      retryAfterMs: 60_000,
    });
    expect(on.tokens.asked).toEqual([]);
  });

  it('waits for its turn before it confirms', async () => {
    const on = stage([200, {}]);
    on.gate.throttled('203.0.113.7', 2_000);
    const turn = on.clock.now() + 2_000;
    let confirmedAt = 0;
    on.tokens.onAsked = () => (confirmedAt = on.clock.now());
    await on.play(make(on, binding));
    expect(confirmedAt).toBeGreaterThanOrEqual(turn);
  });

  it('confirms again before it is replayed with another token', async () => {
    const on = stage([401], [200, {}]);
    await make(on, binding);
    expect(on.tokens.asked).toMatchObject([{ binds: true }, { rejected: 'token-1' }, { binds: true }]);
    expect(sentTokens(on)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });
});

describe('an answer about profiles', () => {
  const shows = { signIn: 'shows' } as const;
  const profile = (type: string): object => ({ profiles: { Acme: { type, notBefore: 1, notAfter: 2 } } });

  it('that shows a sign-in is told with the token of the call', async () => {
    const on = stage([401], [200, profile('regular')]);
    await make(on, shows);
    expect(on.tokens.signedInWith).toEqual(['token-2']);
  });

  it.each(['temporary', 'degraded', 'appleSSO', 'platformSSO', 'serviceTokenSSO'])(
    'that shows a profile of type %s shows no sign-in on the pair',
    async (type) => {
      const on = stage([200, profile(type)]);
      await make(on, shows);
      expect(on.tokens.signedInWith).toEqual([]);
    },
  );

  it.each([[{ profiles: {} }], [{ profiles: { Acme: null } }], [{ profiles: [] }], [[]], ['']])(
    'such as %j shows none',
    async (body) => {
      const on = stage([200, body]);
      await make(on, shows);
      expect(on.tokens.signedInWith).toEqual([]);
    },
  );

  it('of a call that is about something else is not looked at', async () => {
    const on = stage([200, profile('regular')]);
    await make(on);
    expect(on.tokens.signedInWith).toEqual([]);
  });
});
