import { expect } from 'vitest';
import { memoryCacheWith } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createPassWith } from '../../src/createPassWith.js';
import type { Device } from '../../src/device/Device.js';
import type { PassErrorCode } from '../../src/errors.js';
import type { PassOptions } from '../../src/options.js';
import type { Pass } from '../../src/Pass.js';
import type { PassClient } from '../../src/PassClient.js';
import { canaries, codeOf } from './canaries.js';
import { FuzzedUpstream } from './FuzzedUpstream.js';
import { SteppedClock } from './SteppedClock.js';

/** Every call of a client ends within this time. */
export const deadlineMs = 15_000;

export const device: Device = {
  identifier: canaries.identifier,
  address: '203.0.113.7',
  userAgent: 'TV/1',
  info: { primaryHardwareType: 'TV', model: 'X1' },
};

/** A real `Pass` whose time, upstream and cache are the run's own. */
export interface Stage {
  readonly clock: SteppedClock;
  readonly upstream: FuzzedUpstream;
  readonly pass: Pass;
}

export function stage(options: Partial<PassOptions> = {}, clock: SteppedClock = new SteppedClock()): Stage {
  const upstream = new FuzzedUpstream(clock);
  const pass = createPassWith(
    {
      softwareStatement: canaries.statement,
      serviceProvider: 'REF30',
      environment: 'local',
      baseUrl: 'http://127.0.0.1:9',
      application: 'tv',
      cache: cacheOf(clock),
      secret: canaries.secret,
      ...options,
    },
    { clock, random: () => 0.5, transport: upstream },
  );
  return { clock, upstream, pass };
}

export function cacheOf(clock: SteppedClock): PassCache {
  return memoryCacheWith({ clock, warn: () => undefined });
}

/** The code of the error that `work` ends with in time, `'answered'` if it ends with a value. */
export async function endOf(
  { clock }: Pick<Stage, 'clock'>,
  work: Promise<unknown>,
): Promise<PassErrorCode | 'answered'> {
  const { outcome } = await clock.settle(work, deadlineMs);
  return outcome.status === 'fulfilled' ? 'answered' : codeOf(outcome.reason);
}

/** Longer than any wait that an answer can impose: an hour of Retry-After. */
const recoveryMs = 2 * 3_600_000;

/** Adobe Pass is well again: the device is served, and the Pass ends. */
export async function recovers(on: Stage, who: Device = device): Promise<void> {
  on.upstream.heal();
  await on.clock.pass(recoveryMs);
  const client: PassClient = on.pass.client(who);
  expect(await endOf(on, client.profiles.all())).toBe('answered');
  expect(await endOf(on, client.configuration())).toBe('answered');
  await ends(on);
}

/** `close` leaves nothing behind and does not hang. */
export async function ends({ clock, pass }: Stage): Promise<void> {
  const { outcome } = await clock.settle(pass.close(), deadlineMs);
  expect(outcome.status).toBe('fulfilled');
}
