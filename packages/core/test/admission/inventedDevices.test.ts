import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createSimulator } from '@pass-dcr/simulator';
import { describe, expect, it } from 'vitest';
import { createHarness, deviceNumber, times } from '../session/harness.js';

const run = promisify(execFile);

/** What a process says that has met devices. */
interface Met {
  readonly served: number;
  /** By error code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Of the heap, after a collection, from before the devices came. */
  readonly grownBytes: number;
}

describe('invented identifiers', () => {
  it('ten thousand from one /64, are registered up to the limit, and other devices do not notice', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const pass = harness.createPass({ limits: { registrationsPerAddress: { burst: 5, perSecond: 0.001 } } });
    const [inMemory, registered, newcomer] = [deviceNumber(1), deviceNumber(2), deviceNumber(3)];
    await pass.client(inMemory).profiles.all();
    await harness.createPass().client(registered).accessToken();
    const mark = simulator.ledger.mark();
    const invented: PromiseSettledResult<string>[] = [];
    for (let wave = 0; wave < 20; wave += 1) {
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
    expect(calls.map(({ status }) => status)).toEqual(times(60, () => 200));
  });

  it('ten thousand from one /64, leave nothing in memory', { timeout: 60_000 }, async () => {
    await using simulator = await createSimulator({ throttle: 'off' });
    const meet = async (options: Readonly<Record<'warmUp' | 'devices' | 'burst', number>>): Promise<Met> => {
      const script = fileURLToPath(new URL('meetDevices.mjs', import.meta.url));
      const softwareStatement = simulator.issueSoftwareStatement({ application: 'tv' });
      const settings = JSON.stringify({ baseUrl: simulator.url, softwareStatement, ...options });
      const { stdout } = await run(process.execPath, ['--expose-gc', script, settings]);
      return JSON.parse(stdout) as Met;
    };
    const flat = 1_000_000;
    const mark = simulator.ledger.mark();
    const invented = await meet({ warmUp: 2_000, devices: 10_000, burst: 5 });
    expect(invented).toMatchObject({ served: 0, refused: { registration_limited: 10_000 } });
    // The device that proves the statement, and five of those that come before the measurement.
    expect(simulator.ledger.count({ since: mark, endpoint: 'register' })).toBe(6);
    expect(invented.grownBytes).toBeLessThan(flat);
    // The same measurement sees devices that are kept.
    const kept = await meet({ warmUp: 200, devices: 1_000, burst: 100_000 });
    expect(kept).toMatchObject({ served: 1_000, refused: {} });
    expect(kept.grownBytes).toBeGreaterThan(flat);
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
