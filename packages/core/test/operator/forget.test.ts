import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyNames } from '../../src/cache/keyNames.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createSealer } from '../../src/cache/sealing.js';
import { decodeCredentials, decodeForgotten } from '../../src/session/recordCodec.js';
import {
  createHarness,
  deviceNumber,
  hourMs,
  secret,
  times,
  recordEvents,
  type Harness,
} from '../session/harness.js';

const device = deviceNumber(1);
const names = createKeyNames({ environment: 'local', application: 'tv', nameSecret: secret });
const tag = names.deviceTag(Buffer.from('device-1'));
const keys = names.ofDevice(tag);

let harness: Harness;
/** Whether the process on `deafer()` cannot read what all are told. */
let isDeaf: boolean;
let shared: PassCache;
beforeEach(async () => {
  harness = await createHarness({ throttle: 'off' });
  isDeaf = false;
  shared = { ...harness.cache, scope: 'shared' };
});
afterEach(async () => {
  await harness[Symbol.asyncDispose]();
});

const registrations = (): number => harness.simulator.ledger.count({ endpoint: 'register' });

function deafer(): PassCache {
  return {
    ...shared,
    async read(wanted, options) {
      if (isDeaf && wanted.includes(names.meta)) throw new Error('ECONNRESET');
      return await shared.read(wanted, options);
    },
  };
}

async function inside(key: string): Promise<Uint8Array | null> {
  const [entry] = await harness.cache.read([key]);
  if (!entry) return null;
  const opened = createSealer([secret]).open(key, entry.value);
  return opened.ok ? opened.plaintext : expect.unreachable();
}

/** What happens in this many seconds of every process. */
async function seconds(count: number): Promise<void> {
  for (let n = 0; n < count * 4; n += 1) {
    harness.advance(250);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a device that was forgotten', () => {
  it('leaves a mark in the cache that holds neither credentials nor identifier, and no token', async () => {
    const pass = harness.createPass({ cache: shared });
    await pass.authenticate(device);
    const pair = decodeCredentials((await inside(keys.credentials)) ?? new Uint8Array());
    expect(pair).not.toBeNull();
    await pass.forget(device);
    const mark = (await inside(keys.credentials)) ?? new Uint8Array();
    expect(decodeForgotten(mark)).toBe(2);
    expect(mark).toHaveLength(2);
    expect(await inside(keys.token)).toBeNull();
  });

  it('is in no memory two seconds later: it registers anew, once, and takes the place of the mark', async () => {
    const swaps: string[] = [];
    const counting: PassCache = {
      ...shared,
      swap: async (key, ...rest) => (swaps.push(key), await shared.swap(key, ...rest)),
    };
    const [one, other] = [harness.createPass({ cache: shared }), harness.createPass({ cache: counting })];
    await one.authenticate(device);
    await other.authenticate(device);
    const bystander = deviceNumber(2);
    await other.authenticate(bystander);
    expect(registrations()).toBe(2);
    await one.forget(device);
    await seconds(2);
    swaps.length = 0;
    await Promise.all([other.authenticate(device), other.authenticate(bystander)]);
    expect(registrations()).toBe(3);
    expect(swaps.filter((key) => key === keys.credentials)).toHaveLength(1);
    await one.authenticate(device);
    expect(registrations()).toBe(3);
    const pair = decodeCredentials((await inside(keys.credentials)) ?? new Uint8Array());
    expect(pair).toMatchObject({ generation: 3, earlier: [] });
  });

  it('is not put back by a process that has not heard of it and looks for its pair', async () => {
    const [one, other] = [harness.createPass({ cache: shared }), harness.createPass({ cache: deafer() })];
    await other.authenticate(device);
    isDeaf = true;
    await one.forget(device);
    // Its token is over: it asks the cache first, whatever it has in memory.
    harness.advance(7 * hourMs);
    await other.authenticate(device);
    expect(registrations()).toBe(2);
  });

  it('may be forgotten again, and one that nobody knows may be, and both are told', async () => {
    const pass = harness.createPass({ cache: shared });
    using told = recordEvents();
    await pass.authenticate(device);
    await pass.forget(device);
    await pass.forget(device);
    await pass.forget(deviceNumber(7));
    expect(told.of('deviceForgotten')).toEqual([
      { type: 'deviceForgotten', device: tag, generation: 2 },
      { type: 'deviceForgotten', device: tag, generation: 2 },
      { type: 'deviceForgotten', device: pass.tagOf(deviceNumber(7)), generation: 1_000 },
    ]);
    await pass.authenticate(deviceNumber(7));
    expect(registrations()).toBe(2);
  });

  it('is remembered by no work that went on meanwhile', async () => {
    const [one, other] = [harness.createPass({ cache: shared }), harness.createPass({ cache: shared })];
    await one.authenticate(device);
    harness.advance(7 * hourMs);
    const { simulator } = harness;
    const slow = simulator.fault({ endpoint: 'token', effect: { answerDelayMs: 400 } });
    const mark = simulator.ledger.mark();
    const renewal = other.authenticate(device);
    await expect.poll(() => simulator.ledger.count({ since: mark, endpoint: 'token' })).toBe(1);
    await other.forget(device);
    await renewal;
    slow.remove();
    await expect.poll(async () => await inside(keys.token)).toBeNull();
    await other.authenticate(device);
    expect(registrations()).toBe(2);
  });

  it('is found by a process that has missed more than the record names', async () => {
    const [one, other] = [harness.createPass({ cache: shared }), harness.createPass({ cache: deafer() })];
    // Who registers a device looks for its pair again by itself.
    await one.authenticate(device);
    await other.authenticate(device);
    isDeaf = true;
    await one.forget(device);
    await Promise.all(
      times(10, async (n) => {
        for (let each = 0; each < 26; each += 1) await one.forget(deviceNumber(1_000 + n * 26 + each));
      }),
    );
    isDeaf = false;
    await seconds(4);
    await other.authenticate(device);
    expect(registrations()).toBe(2);
  });

  it('stays as it is where the cache cannot be asked, or the record cannot be opened', async () => {
    const pass = harness.createPass({ cache: shared });
    await pass.authenticate(device);
    const [entry] = await harness.cache.read([keys.credentials]);
    await harness.cache.swap(keys.credentials, entry?.version ?? null, { value: 'e2.damaged', ttlMs: null });
    await expect(pass.forget(device)).rejects.toMatchObject({ code: 'cache_record_unreadable' });
    await expect(pass.forget({ identifier: '' })).rejects.toMatchObject({
      code: 'device_identifier_invalid',
    });
    expect(() => pass.tagOf({ identifier: '' })).toThrow(
      expect.objectContaining({ code: 'device_identifier_invalid' }),
    );
  });
});

it('the name that events have for a device is what tagOf says', async () => {
  using told = recordEvents();
  const pass = harness.createPass({ cache: shared });
  await pass.authenticate(device);
  expect(told.events).toContainEqual(
    expect.objectContaining({ type: 'credentialsRegistered', device: pass.tagOf(device) }),
  );
});
