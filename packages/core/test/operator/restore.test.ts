import { describe, expect, it } from 'vitest';
import type { PassCache } from '../../src/cache/PassCache.js';
import type { Pass, RestoreOptions } from '../../src/Pass.js';
import {
  briefHold,
  createHarness,
  deviceNumber,
  hourMs,
  recordEvents,
  type Harness,
} from '../session/harness.js';
import { timingForTests, timingWith } from '../../src/testing/timingWith.js';

const device = deviceNumber(1);
const quick = { timing: timingWith({ replacement: timingForTests.replacement, recovery: briefHold }) };

/** A device whose pair Adobe Pass has refused by mistake: replaced, and now accepted again. */
async function replacedByMistake(
  harness: Harness,
  pass: Pass,
): Promise<{ old: string; replacement: string }> {
  const { simulator } = harness;
  await pass.client(device).accessToken();
  const old = simulator.clients()[0]?.clientId ?? '';
  simulator.revokeClient(old);
  harness.advance(6 * hourMs);
  await pass.client(device).accessToken();
  const replacement = simulator.clients()[1]?.clientId ?? '';
  simulator.restoreClient(old);
  return { old, replacement };
}

async function clientUsedBy(harness: Harness, pass: Pass): Promise<string | undefined> {
  const { ledger } = harness.simulator;
  const mark = ledger.mark();
  await pass.client(device).profiles.all();
  return ledger.entries({ since: mark, endpoint: 'profiles' })[0]?.clientId;
}

describe('pass.restore', () => {
  it('puts the replaced pair back: for this process at once, for the others with the next token', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const [pass, other] = [harness.createPass({}, quick), harness.createPass({}, quick)];
    const { old, replacement } = await replacedByMistake(harness, pass);
    expect(await clientUsedBy(harness, pass)).toBe(replacement);
    expect(await clientUsedBy(harness, other)).toBe(replacement);

    using recorded = recordEvents();
    expect(await pass.restore(device)).toBe(true);
    expect(recorded.events).toContainEqual({
      type: 'replacementUndone',
      device: expect.any(String),
      generation: 3,
    });
    expect(await clientUsedBy(harness, pass)).toBe(old);
    harness.advance(6 * hourMs);
    expect(await clientUsedBy(harness, other)).toBe(old);
    expect(harness.simulator.ledger.count({ endpoint: 'register' })).toBe(2);
  });

  it('can be undone the same way', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const pass = harness.createPass({}, quick);
    const { replacement } = await replacedByMistake(harness, pass);
    await pass.restore(device);
    expect(await pass.restore(device)).toBe(true);
    expect(await clientUsedBy(harness, pass)).toBe(replacement);
  });

  it('puts back the pair of that time, where it is told of one', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator, clock } = harness;
    const pass = harness.createPass({}, quick);
    const { old, replacement } = await replacedByMistake(harness, pass);
    const replacedAt = clock.now();
    simulator.revokeClient(old);
    simulator.revokeClient(replacement);
    harness.advance(6 * hourMs);
    await pass.client(device).accessToken();
    for (const clientId of [old, replacement]) simulator.restoreClient(clientId);
    expect(await pass.restore(device, { registeredBefore: 1 })).toBe(false);
    expect(await pass.restore(device, { registeredBefore: new Date(replacedAt - hourMs) })).toBe(true);
    expect(await clientUsedBy(harness, pass)).toBe(old);
    expect(await pass.restore(device, { registeredBefore: replacedAt + hourMs })).toBe(true);
    expect(await clientUsedBy(harness, pass)).toBe(replacement);
  });

  it.each([['2026-11-30'], [Number.NaN], [new Date('never')], [null]])(
    'refuses a time that is none: %s',
    async (registeredBefore) => {
      await using harness = await createHarness();
      const options = { registeredBefore } as RestoreOptions;
      await expect(harness.createPass().restore(device, options)).rejects.toMatchObject({
        code: 'option_invalid',
        message: expect.stringContaining('must be a Date or epoch milliseconds, received') as string,
      });
    },
  );

  it('changes nothing for a device that has had one pair only, or none', async () => {
    await using harness = await createHarness();
    const pass = harness.createPass();
    await pass.client(device).accessToken();
    const mark = harness.simulator.ledger.mark();
    expect(await pass.restore(device)).toBe(false);
    expect(await pass.restore(deviceNumber(2))).toBe(false);
    await pass.client(device).accessToken();
    expect(harness.simulator.ledger.count({ since: mark })).toBe(0);
  });

  it('counts for the work that goes on meanwhile, too', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const pass = harness.createPass({}, quick);
    const { old } = await replacedByMistake(harness, pass);
    harness.advance(6 * hourMs);
    const asked = simulator.fault({ endpoint: 'token', effect: { answerDelayMs: 300 } });
    const mark = simulator.ledger.mark();
    const renewal = pass.client(device).accessToken();
    await expect.poll(() => simulator.ledger.count({ since: mark, endpoint: 'token' })).toBe(1);
    await pass.restore(device);
    await renewal;
    asked.remove();
    await expect.poll(async () => await clientUsedBy(harness, pass)).toBe(old);
  });

  it('tells when the cache cannot be asked, or holds what cannot be opened, and changes nothing', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const works: PassCache['read'] = async (keys, options) => await harness.cache.read(keys, options);
    let read = works;
    const cache: PassCache = {
      scope: 'shared',
      read: async (keys, options) => await read(keys, options),
      swap: async (...swap) => await harness.cache.swap(...swap),
    };
    const pass = harness.createPass({ cache }, quick);
    const { replacement } = await replacedByMistake(harness, pass);
    read = () => Promise.reject(new Error('down'));
    await expect(pass.restore(device)).rejects.toMatchObject({ code: 'cache_unavailable' });
    read = async (keys) => keys.map(() => ({ value: 'not ours', version: 'x' }));
    await expect(pass.restore(device)).rejects.toMatchObject({ code: 'cache_record_unreadable' });
    await expect(pass.restore({ identifier: '' })).rejects.toMatchObject({
      code: 'device_identifier_invalid',
    });
    read = works;
    expect(await clientUsedBy(harness, pass)).toBe(replacement);
  });
});
