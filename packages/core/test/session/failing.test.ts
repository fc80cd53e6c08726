import { describe, expect, it } from 'vitest';
import type { PassCache } from '../../src/cache/PassCache.js';
import { AdjustableClock } from '../../src/testing/AdjustableClock.js';
import { timingForTests } from '../../src/testing/timingWith.js';
import { createHarness, deviceNumber, hourMs, recordEvents, times } from './harness.js';

const device = deviceNumber(1);

describe('callers', () => {
  it('leave alone: the first of a hundred aborts, the others are served', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    simulator.fault({ endpoint: 'register', effect: { answerDelayMs: 200 } });
    const pass = harness.createPass();
    const aborting = new AbortController();
    const first = pass.client(device).accessToken({ signal: aborting.signal });
    const others = times(99, () => pass.client(device).accessToken());
    const reason = new Error('the viewer has gone');
    setTimeout(() => aborting.abort(reason), 50);
    await expect(first).rejects.toBe(reason);
    expect(new Set(await Promise.all(others)).size).toBe(1);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(1);
  });

  it('are told after 15 seconds, and the work goes on for the next', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    simulator.fault({ endpoint: 'register', effect: { answerDelayMs: 500 } });
    const pass = harness.createPass();
    const waiting = pass.client(device).accessToken();
    waiting.catch(() => undefined);
    await expect.poll(() => simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    harness.clock.advance(15_000);
    await expect(waiting).rejects.toMatchObject({ code: 'deadline_exceeded', status: 503 });
    await pass.client(device).accessToken();
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });
});

describe('a throttled address', () => {
  it('gets no second call within a second', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    simulator.fault({ endpoint: 'register', effect: { throttle: true } });
    const pass = harness.createPass();
    await pass.client(device).accessToken();
    const [throttled, next] = simulator.ledger.entries({ endpoint: 'register' });
    expect([throttled?.status, next?.status]).toEqual([429, 201]);
    expect((next?.at ?? 0) - (throttled?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it('fails a caller at once whose deadline comes sooner, and says when to retry', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const pass = harness.createPass();
    await pass.client(device).accessToken();
    simulator.fault({
      endpoint: 'profiles',
      count: Infinity,
      effect: { status: 429, body: '<html>', headers: { 'Retry-After': '60' } },
    });
    const startedAt = Date.now();
    const failed = await pass
      .client(device)
      .profiles.all()
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'upstream_throttled', status: 503 });
    expect((failed as { retryAfterMs: number }).retryAfterMs).toBeGreaterThanOrEqual(60_000);
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    expect(simulator.ledger.count({ endpoint: 'profiles' })).toBe(1);
  });

  it('is let alone by every device behind it and every process', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const address = '203.0.113.9';
    simulator.fault({ endpoint: 'token', effect: { throttle: true } });
    const [first, second] = [harness.createPass(), harness.createPass()];
    using recording = recordEvents();
    const running = first.client({ identifier: 'one', address }).accessToken();
    await expect.poll(() => recording.of('addressThrottled').length).toBe(1);
    await second.client({ identifier: 'two', address }).accessToken();
    await running;
    const calls = simulator.ledger.entries({ forwardedFor: address });
    const throttledAt = calls.find(({ status }) => status === 429)?.at ?? 0;
    const later = calls.filter(({ at, status }) => at >= throttledAt && status !== 429);
    expect(later.length).toBeGreaterThanOrEqual(3);
    for (const { at } of later) expect(at - throttledAt).toBeGreaterThanOrEqual(1_000);
  });
});

it('a throttle that a server with a fast clock has met lasts no longer for the others', async () => {
  await using harness = await createHarness();
  const { simulator } = harness;
  const address = '203.0.113.9';
  simulator.fault({ endpoint: 'register', effect: { throttle: true } });
  using recording = recordEvents();
  const fast = harness.createPass({}, { clock: new AdjustableClock(300_000) });
  const running = fast.client({ identifier: 'one', address }).accessToken();
  await expect.poll(() => recording.of('addressThrottled').length).toBe(1);
  const own = harness.createPass().client({ identifier: 'one', address }).accessToken();
  const other = harness.createPass().client({ identifier: 'two', address }).accessToken();
  expect(await own).not.toBe(await other);
  await running;
  expect(simulator.ledger.count({ endpoint: 'register', status: 201 })).toBe(2);
});

describe('the API calls of a throttled address', () => {
  it('wait for the second that another device of the same address has met', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const pass = harness.createPass();
    const [one, two] = ['one', 'two'].map((identifier) =>
      pass.client({ identifier, address: '203.0.113.9' }),
    );
    await Promise.all([one?.accessToken(), two?.accessToken()]);
    const mark = simulator.ledger.mark();
    simulator.fault({ endpoint: 'profiles', effect: { throttle: true } });
    const first = one?.profiles.all();
    await expect.poll(() => simulator.ledger.count({ since: mark, status: 429 })).toBe(1);
    // The answer is on its way to the first caller.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await two?.profiles.all();
    await first;
    const [throttled, ...later] = simulator.ledger.entries({ since: mark });
    expect(later.map(({ status }) => status)).toEqual([200, 200]);
    for (const { at } of later) expect(at - (throttled?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
  });
});

describe('a software statement that Adobe Pass rejects', () => {
  it('once, though it took it before, is presented again for the same device, which is served', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const pass = harness.createPass({}, { timing: timingForTests });
    await pass.client(device).accessToken();
    const mark = simulator.ledger.mark();
    simulator.fault({ endpoint: 'register', effect: { error: 'invalid_software_statement' } });
    await pass.client(deviceNumber(2)).accessToken();
    expect(
      simulator.ledger.entries({ since: mark, endpoint: 'register' }).map(({ status }) => status),
    ).toEqual([400, 201]);
  });

  it('and never took is presented once, then new devices fail at once for 15 seconds while known ones go on', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    let softwareStatement = simulator.issueSoftwareStatement({ application: 'tv' });
    const pass = harness.createPass({ softwareStatement: () => softwareStatement });
    await pass.client(device).accessToken();
    const good = softwareStatement;
    softwareStatement = simulator.issueSoftwareStatement({ application: 'tv' });
    simulator.revokeStatement({ statement: softwareStatement });
    harness.advance(1_000);
    const mark = simulator.ledger.mark();
    const newcomers = await Promise.allSettled(
      times(50, (index) => pass.client(deviceNumber(100 + index)).accessToken()),
    );
    for (const newcomer of newcomers) {
      expect(newcomer).toMatchObject({
        status: 'rejected',
        reason: { code: 'software_statement_rejected', status: 500 },
      });
    }
    await expect(pass.client(deviceNumber(200)).accessToken()).rejects.toMatchObject({
      code: 'software_statement_rejected',
      adobe: { code: 'unapproved_software_statement' },
    });
    expect(simulator.ledger.count({ since: mark, endpoint: 'register' })).toBe(1);

    harness.advance(5 * hourMs + hourMs + 1);
    await expect(pass.client(device).accessToken()).resolves.toBeTypeOf('string');
    await expect(pass.client(deviceNumber(201)).accessToken()).rejects.toMatchObject({
      code: 'software_statement_rejected',
    });
    expect(simulator.ledger.count({ since: mark, endpoint: 'register' })).toBe(2);

    softwareStatement = good;
    harness.advance(1_000);
    await expect(pass.client(deviceNumber(202)).accessToken()).resolves.toBeTypeOf('string');
  });
});

describe('closing', () => {
  it('lets a call on the wire end, stores what it brings, and turns the callers away', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    simulator.fault({ endpoint: 'register', effect: { answerDelayMs: 300 } });
    let hasClosed = false;
    const late: string[] = [];
    const cache: PassCache = {
      scope: 'host',
      read: async (keys, options) => await harness.cache.read(keys, options),
      async swap(key, expected, next) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (hasClosed) late.push(key.slice(-2));
        return await harness.cache.swap(key, expected, next);
      },
    };
    const pass = harness.createPass({ cache });
    const waiting = pass.client(device).accessToken();
    waiting.catch(() => undefined);
    await expect.poll(() => simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    await pass.close();
    hasClosed = true;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(late).toEqual([]);
    await expect(waiting).rejects.toMatchObject({ code: 'closed', status: 503 });
    await expect(pass.client(device).accessToken()).rejects.toMatchObject({ code: 'closed' });
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(0);
    // The lease was given back and the pair is there: the next process need not wait, nor register.
    const startedAt = Date.now();
    await harness.createPass().client(device).accessToken();
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });
});
