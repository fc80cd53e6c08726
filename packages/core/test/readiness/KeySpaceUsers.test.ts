import { createSimulator } from '@pass-dcr/simulator';
import { describe, expect, it } from 'vitest';
import { createKeyNames } from '../../src/cache/keyNames.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import type { Pass } from '../../src/Pass.js';
import { createHarness, deviceNumber, hourMs, secret, times } from '../session/harness.js';

const minuteMs = 60_000;
const applications = ['tv', 'tv 2', 'phone'].map((name) => ({ name, serviceProviders: ['REF30'] }));
const { users } = createKeyNames({ environment: 'local', application: 'tv', nameSecret: secret });

async function findingsOf(pass: Pass): Promise<readonly string[]> {
  const { findings } = await pass.readiness();
  return findings.map(({ level, code }) => `${level} ${code}`);
}

describe('who uses the key space', () => {
  it('is no finding where many servers register with one application at one Adobe Pass', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const servers = times(5, () => harness.createPass());
    await Promise.all(
      servers.map(async (pass, index) => await pass.client(deviceNumber(index)).accessToken()),
    );
    for (const pass of servers) expect(await findingsOf(pass)).toEqual([]);
  });

  it('is an error where two Adobe Passes are used under one name, whoever is asked', async () => {
    await using harness = await createHarness();
    await using other = await createSimulator();
    const right = harness.createPass();
    const wrong = harness.createPass({
      baseUrl: other.url,
      softwareStatement: other.issueSoftwareStatement({ application: 'tv' }),
    });
    const idle = harness.createPass();
    await right.client(deviceNumber(1)).accessToken();
    expect(await findingsOf(right)).toEqual([]);
    await wrong.client(deviceNumber(2)).accessToken();
    for (const pass of [wrong, idle]) expect(await findingsOf(pass)).toEqual(['error environments_mixed']);
    const { findings } = await idle.readiness();
    expect(findings[0]?.message).toContain([harness.simulator.url, other.url].toSorted().join(' and '));
    // It has looked moments ago.
    harness.advance(5_000);
    expect(await findingsOf(right)).toEqual(['error environments_mixed']);
  });

  it('is no finding where the names differ', async () => {
    await using harness = await createHarness();
    await using other = await createSimulator({ applications });
    const [tv, phone] = [
      harness.createPass(),
      harness.createPass({
        application: 'phone',
        baseUrl: other.url,
        softwareStatement: other.issueSoftwareStatement({ application: 'phone' }),
      }),
    ];
    await tv.client(deviceNumber(1)).accessToken();
    await phone.client(deviceNumber(1)).accessToken();
    expect([await findingsOf(tv), await findingsOf(phone)]).toEqual([[], []]);
  });

  it('is a remark while a deployment brings another registered application, and ends with it', async () => {
    await using harness = await createHarness({ applications });
    const { simulator } = harness;
    const old = harness.createPass();
    await old.client(deviceNumber(1)).accessToken();
    harness.advance(24 * hourMs);
    await old.client(deviceNumber(2)).accessToken();
    harness.advance(5 * minuteMs);
    const fresh = harness.createPass({
      softwareStatement: simulator.issueSoftwareStatement({ application: 'tv 2' }),
    });
    await fresh.client(deviceNumber(3)).accessToken();
    expect(await findingsOf(fresh)).toEqual(['info applications_mixed']);
    harness.advance(25 * minuteMs);
    await fresh.client(deviceNumber(4)).accessToken();
    expect(await findingsOf(fresh)).toEqual([]);
  });

  it('is a warning where two registered applications stay', async () => {
    await using harness = await createHarness({ applications });
    const { simulator } = harness;
    const servers = ['tv', 'tv 2'].map((application) =>
      harness.createPass({ softwareStatement: simulator.issueSoftwareStatement({ application }) }),
    );
    for (let minutes = 0; minutes <= 44; minutes += 11) {
      for (const [index, pass] of servers.entries())
        await pass.client(deviceNumber(minutes + index)).accessToken();
      const expected = minutes > 30 ? 'warning applications_mixed' : 'info applications_mixed';
      // The note is written while the device is registered, and nobody waits for it.
      await expect.poll(async () => await findingsOf(servers[0] ?? expect.unreachable())).toEqual([expected]);
      harness.advance(11 * minuteMs);
    }
  });

  it('is a remark again where the second one comes back after a while', async () => {
    await using harness = await createHarness({ applications });
    const [one, other] = ['tv', 'tv 2'].map((application) =>
      harness.createPass({
        softwareStatement: harness.simulator.issueSoftwareStatement({ application }),
      }),
    );
    for (let minutes = 0; minutes <= 44; minutes += 11) {
      await one?.client(deviceNumber(minutes)).accessToken();
      if (minutes === 0 || minutes === 44) await other?.client(deviceNumber(99 + minutes)).accessToken();
      if (minutes < 44) harness.advance(11 * minuteMs);
    }
    expect(await findingsOf(harness.createPass())).toEqual(['info applications_mixed']);
  });

  it('is forgotten an hour after the last has noted it', async () => {
    await using harness = await createHarness();
    await harness.createPass().client(deviceNumber(1)).accessToken();
    expect(await harness.cache.read([users])).toEqual([
      expect.objectContaining({ version: expect.any(String) }),
    ]);
    harness.advance(hourMs);
    expect(await harness.cache.read([users])).toEqual([null]);
  });

  it('is noted every ten minutes of registering, not for each device', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    let notes = 0;
    const cache: PassCache = {
      ...harness.cache,
      swap: async (key, ...write) => {
        if (key === users) notes += 1;
        return await harness.cache.swap(key, ...write);
      },
    };
    const pass = harness.createPass({ cache });
    await Promise.all(times(50, async (n) => await pass.client(deviceNumber(n)).accessToken()));
    expect(notes).toBe(1);
    harness.advance(10 * minuteMs);
    await pass.client(deviceNumber(50)).accessToken();
    await pass.close();
    expect(notes).toBe(2);
  });

  it.each([
    ['cannot be written', async () => await Promise.reject(new Error('READONLY'))],
    ['is written by others all the time', async () => ({ ok: false, current: null }) as const],
  ])('is not worth an error: a device is registered though the note %s', async (_, swap) => {
    await using harness = await createHarness();
    const cache: PassCache = {
      ...harness.cache,
      swap: async (key, ...write) => (key === users ? await swap() : await harness.cache.swap(key, ...write)),
    };
    const pass = harness.createPass({ cache });
    await pass.client(deviceNumber(1)).accessToken();
    expect(await findingsOf(pass)).toEqual([]);
  });

  it.each(['what no secret opens', ''])('may be damaged (%j) without harm', async (value) => {
    await using harness = await createHarness();
    await harness.cache.swap(users, null, { value, ttlMs: null });
    const pass = harness.createPass();
    await pass.client(deviceNumber(1)).accessToken();
    expect(await findingsOf(pass)).toEqual([]);
  });
});
