import { describe, expect, it } from 'vitest';
import { PassError } from '../../src/errors.js';
import type { Processed } from '../../src/http/failure.js';
import { classifyFailure } from '../../src/http/failure.js';
import { TransportFailure, type UpstreamResponse } from '../../src/http/Transport.js';
import { Deadline } from '../../src/time/Deadline.js';
import { Upstream, type Turn, type UpstreamCall } from '../../src/upstream/Upstream.js';
import { breathe, ScriptedGate, ScriptedTransport, type Answer } from '../api/scripted.js';
import { gatewayPage, upstreamResponse } from '../http/upstreamResponse.js';
import { timingWith } from '../../src/testing/timingWith.js';
import { briefHold, createHarness, deviceNumber, recordEvents, times } from '../session/harness.js';
import { defaultTiming } from '../../src/timing.js';
import { ManualClock } from '../time/ManualClock.js';

const address = '203.0.113.7';

function read(response: UpstreamResponse): Processed<number> {
  const { status } = response;
  return status === 200 ? { ok: true, answer: status } : { ok: false, failure: classifyFailure(response) };
}

function call(turn: Turn): UpstreamCall<number> {
  const headers = { 'x-forwarded-for': address };
  const request = { method: 'GET', path: '/api/v2/REF30/profiles', headers } as const;
  return { endpoint: 'profiles', request, read, attempt: 1, turn };
}

/** What other processes have met is not known here before it was looked for. */
class SharedGate extends ScriptedGate {
  looks = 0;
  met: number | null = null;

  override async look(): Promise<void> {
    this.looks += 1;
    if (this.met !== null) this.throttled(address, this.met);
  }
}

function stage(...answers: readonly Answer[]) {
  const clock = new ManualClock();
  const transport = new ScriptedTransport(answers);
  const gate = new SharedGate(clock);
  const closing = new AbortController();
  const seen: (readonly [status: number, receivedAt: number])[] = [];
  const upstream = new Upstream({
    transport,
    gate,
    clock,
    closing: closing.signal,
    timing: defaultTiming,
    onAnswer: ({ status }, receivedAt) => void seen.push([status, receivedAt]),
  });
  const waiting = (afterMs = 15_000): Turn => ({ kind: 'wait', deadline: new Deadline(clock, afterMs, []) });
  return { clock, transport, gate, closing, seen, upstream, waiting };
}

describe('the way out to Adobe Pass', () => {
  it('shows every answer to whoever wants to see it', async () => {
    const on = stage([200], [503], new TransportFailure('timeout', true, 'late'));
    expect(await on.upstream.send(call(on.waiting()))).toEqual({ kind: 'answered', answer: 200 });
    on.clock.advance(7);
    expect(await on.upstream.send(call({ kind: 'now' }))).toMatchObject({ failure: { kind: 'failing' } });
    expect(await on.upstream.send(call({ kind: 'now' }))).toMatchObject({ failure: { kind: 'unreachable' } });
    const now = on.clock.now();
    expect(on.seen).toEqual([
      [200, now - 7],
      [503, now],
    ]);
  });

  it('a call that cannot wait is not sent while its address is throttled, also by what others have met', async () => {
    const on = stage();
    on.gate.met = 3_000;
    const held = { kind: 'throttled', status: null, waitMs: 3_000 };
    expect(await on.upstream.send(call({ kind: 'now' }))).toEqual(held);
    expect(on.gate.looks).toBe(1);
    expect(on.transport.sent).toEqual([]);
  });

  it('a call that can wait does, without asking others, and not beyond its deadline', async () => {
    const on = stage([200]);
    on.gate.throttled(address, 2_000);
    expect(await on.upstream.send(call(on.waiting(1_999)))).toMatchObject({ status: null, waitMs: 2_000 });
    const sent = on.upstream.send(call(on.waiting(2_001)));
    await breathe();
    expect(on.transport.sent).toHaveLength(0);
    on.clock.advance(2_000);
    expect(await sent).toMatchObject({ kind: 'answered' });
    expect(on.gate.looks).toBe(0);
  });

  it('a 429 throttles the address although the caller has left', async () => {
    let answer: (response: UpstreamResponse) => void = () => undefined;
    const on = stage(new Promise<UpstreamResponse>((resolve) => (answer = resolve)));
    const sent = on.upstream.send(call(on.waiting(100)));
    await breathe();
    on.clock.advance(100);
    await expect(sent).rejects.toMatchObject({ code: 'deadline_exceeded' });
    answer(upstreamResponse(429, gatewayPage));
    await breathe();
    expect(on.gate.waitMs(address)).toBe(1_000);
  });

  it('sends nothing once it is closing, also for what was waiting for its turn', async () => {
    const on = stage();
    on.gate.throttled(address, 2_000);
    const sent = on.upstream.send(call(on.waiting()));
    await breathe();
    on.closing.abort(new PassError('closed', 'shutting down'));
    await expect(sent).rejects.toMatchObject({ code: 'closed' });
    on.clock.advance(2_000);
    for (const turn of [on.waiting(), { kind: 'now' } as const])
      await expect(on.upstream.send(call(turn))).rejects.toMatchObject({ code: 'closed' });
    expect(on.transport.sent).toEqual([]);
    expect(on.clock.pendingTimers).toBe(0);
  });

  it('sends nothing where it began to close while others were asked', async () => {
    const on = stage();
    const sent = on.upstream.send(call({ kind: 'now' }));
    on.closing.abort(new PassError('closed', 'shutting down'));
    await expect(sent).rejects.toMatchObject({ code: 'closed' });
    expect(on.transport.sent).toEqual([]);
  });
});

describe('the event of an exchange', () => {
  it('says how long it took, with whichever end', async () => {
    using recording = recordEvents();
    let end: (response: UpstreamResponse) => void = () => undefined;
    const on = stage(
      new Promise<UpstreamResponse>((resolve) => (end = resolve)),
      new TransportFailure('connection', true, `lost on the way to ${address}`),
    );
    const sent = on.upstream.send({ ...call(on.waiting()), attempt: 2 });
    await breathe();
    on.clock.advance(250);
    end(upstreamResponse(200, {}));
    await sent;
    await on.upstream.send(call({ kind: 'now' }));
    expect(recording.events).toEqual([
      { type: 'upstreamAnswered', endpoint: 'profiles', attempt: 2, durationMs: 250, status: 200 },
      { type: 'upstreamAnswered', endpoint: 'profiles', attempt: 1, durationMs: 0, reason: 'connection' },
    ]);
  });

  it('comes for every exchange that Adobe Pass has seen, and names no device, address, path or token', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const pass = harness.createPass();
    const device = deviceNumber(1);
    const client = pass.client(device);
    using recording = recordEvents();
    simulator.fault({ endpoint: 'register', effect: { status: 503, body: '' } });
    simulator.fault({ endpoint: 'profiles', effect: { status: 401, body: '' } });
    await client.profiles.all();
    await client.configuration();
    await client.request('GET', '/api/v2/REF30/profiles/Cablevision').catch(() => undefined);
    const events = recording.of('upstreamAnswered');
    const told = events.map(({ endpoint, status }) => ({ endpoint, status }));
    const seen = simulator.ledger.entries().map(({ endpoint, status, path }) => ({
      endpoint: path.endsWith('/profiles/Cablevision') ? 'request' : endpoint,
      status,
    }));
    expect(told).toEqual(seen);
    expect(events.map(({ endpoint, attempt }) => `${endpoint} ${attempt}`)).toEqual([
      'register 1',
      'register 1',
      'token 1',
      'profiles 1',
      'token 1',
      'profiles 2',
      'configuration 1',
      'request 1',
    ]);
    for (const event of events) {
      expect(Object.keys(event).toSorted()).toEqual(['attempt', 'durationMs', 'endpoint', 'status', 'type']);
      expect(event.durationMs).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('calls that meet the throttle together', () => {
  it('of one address: beyond the burst one a second is sent, and the others are told when to come again', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const timing = timingWith({ calls: { deadlineMs: 1_600 }, recovery: briefHold });
    const pass = harness.createPass({}, { timing });
    const device = deviceNumber(1);
    await pass.client(device).accessToken();
    harness.advance(10_000);
    const startedAt = performance.now();
    const calls = await Promise.allSettled(times(400, async () => await pass.client(device).profiles.all()));
    const elapsedMs = performance.now() - startedAt;
    const statuses = simulator.ledger.entries({ endpoint: 'profiles' }).map(({ status }) => status);
    const served = statuses.filter((status) => status === 200).length;
    expect(served).toBeGreaterThanOrEqual(10);
    expect(statuses.length - served).toBeLessThanOrEqual(1 + Math.floor(elapsedMs / 1_000));
    for (const one of calls) {
      if (one.status === 'fulfilled') continue;
      // On a busy machine a pause that was to end before its deadline may end after it.
      const { code } = one.reason as PassError;
      expect(code).toMatch(/^(?:upstream_throttled|deadline_exceeded)$/);
      if (code === 'upstream_throttled')
        expect(one.reason).toMatchObject({ retryAfterMs: expect.any(Number) });
    }
  });

  it('and are not throttled: they are all sent, beyond the burst one after the other', async () => {
    const on = stage(...times(20, () => [200] as const));
    const sent = times(20, async () => await on.upstream.send(call(on.waiting())));
    expect(await Promise.all(sent)).toEqual(times(20, () => ({ kind: 'answered', answer: 200 })));
  });

  it('wait in a line of bounded length', async () => {
    const pending = new Promise<UpstreamResponse>(() => undefined);
    const on = stage(...times(11, () => pending));
    const sent = times(11 + 64, async () => await on.upstream.send(call(on.waiting())));
    await breathe();
    expect(await on.upstream.send(call(on.waiting()))).toMatchObject({ kind: 'throttled', status: null });
    on.closing.abort(new PassError('closed', 'shutting down'));
    const closed = await Promise.allSettled(sent.slice(11));
    expect(closed.every(({ status }) => status === 'rejected')).toBe(true);
  });
});

describe('a 403 page of the gateway', () => {
  const page = [403, gatewayPage] as const;

  it('concerns the request alone, and the address if the next request gets one too', async () => {
    const on = stage(page, page, page);
    expect(await on.upstream.send(call(on.waiting()))).toMatchObject({ status: 403, waitMs: 1_000 });
    expect(on.gate.waitMs(address)).toBe(0);
    expect(await on.upstream.send({ ...call(on.waiting()), attempt: 2 })).toMatchObject({ status: 403 });
    expect(on.gate.waitMs(address)).toBe(0);
    expect(await on.upstream.send(call(on.waiting()))).toMatchObject({ status: 403 });
    expect(on.gate.waitMs(address)).toBe(1_000);
  });

  it('never holds up devices whose address is not known', async () => {
    const on = stage(page, page, page, [200]);
    const { request, ...rest } = call(on.waiting());
    const unknown = { ...rest, request: { ...request, headers: {} } };
    for (let time = 0; time < 3; time += 1)
      expect(await on.upstream.send(unknown)).toMatchObject({ status: 403 });
    expect(await on.upstream.send(unknown)).toEqual({ kind: 'answered', answer: 200 });
  });
});
