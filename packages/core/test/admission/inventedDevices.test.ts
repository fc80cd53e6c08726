import { describe, expect, inject, it } from 'vitest';
import { createHarness, deviceNumber, times } from '../session/harness.js';

/** Five hundred devices each. */
const waves = inject('everything') ? 20 : 4;

describe('invented identifiers', () => {
  it(`${waves * 500} from one /64, are registered up to the limit, and other devices do not notice`, async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const pass = harness.createPass({ limits: { registrationsPerAddress: { burst: 5, perSecond: 0.001 } } });
    const [inMemory, registered, newcomer] = [deviceNumber(1), deviceNumber(2), deviceNumber(3)];
    await pass.client(inMemory).profiles.all();
    await harness.createPass().client(registered).accessToken();
    const mark = simulator.ledger.mark();
    const invented: PromiseSettledResult<string>[] = [];
    for (let wave = 0; wave < waves; wave += 1) {
      const flood = Promise.allSettled(
        times(500, async (index) => {
          const n = wave * 500 + index + 1;
          const address = `2001:db8:dead:beef::${n.toString(16)}`;
          return await pass.client({ identifier: `invented-${n}`, address }).accessToken();
        }),
      );
      for (const known of [inMemory, registered, newcomer]) await pass.client(known).profiles.all();
      invented.push(...(await flood));
    }

    expect(invented.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    for (const one of invented) {
      if (one.status === 'rejected') {
        expect(one.reason).toMatchObject({
          code: 'registration_limited',
          status: 503,
          headers: { 'Retry-After': expect.any(String) },
        });
      }
    }
    const registrations = simulator.ledger.entries({ since: mark, endpoint: 'register' });
    expect(registrations.filter(({ forwardedFor }) => forwardedFor !== newcomer.address)).toHaveLength(5);
    expect(registrations).toHaveLength(6);
    const calls = simulator.ledger.entries({ since: mark, endpoint: 'profiles' });
    expect(calls.map(({ status }) => status)).toEqual(times(3 * waves, () => 200));
  });

  it('share the places on the wire: the rest queues, and beyond the queue is turned away', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const pass = harness.createPass({ limits: { concurrentRegistrations: 2, queuedRegistrations: 3 } });
    // The statement is proven by the first.
    await pass.client(deviceNumber(1)).accessToken();
    simulator.fault({ endpoint: 'register', count: Infinity, effect: { answerDelayMs: 200 } });
    const newcomers = await Promise.allSettled(
      times(10, async (index) => await pass.client(deviceNumber(10 + index)).accessToken()),
    );
    expect(newcomers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    const registrations = simulator.ledger.entries({ endpoint: 'register' }).slice(1);
    expect(registrations).toHaveLength(5);
    expect((registrations[2]?.at ?? 0) - (registrations[0]?.at ?? 0)).toBeGreaterThanOrEqual(150);
    expect((registrations[4]?.at ?? 0) - (registrations[2]?.at ?? 0)).toBeGreaterThanOrEqual(150);
  });

  it('are named in no error, and neither is a token', async () => {
    await using harness = await createHarness();
    harness.simulator.fault({ endpoint: 'register', count: Infinity, effect: { error: 'invalid_request' } });
    const identifier = 'living-room-tv-7f3c';
    const error = await harness
      .createPass()
      .client({ identifier })
      .accessToken()
      .catch((reason: unknown) => reason);
    const { inspect } = await import('node:util');
    expect(error).toMatchObject({
      code: 'registration_refused',
      status: 500,
      adobe: { code: 'invalid_request' },
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(identifier);
    expect(JSON.stringify(error)).not.toContain(identifier);
  });
});
