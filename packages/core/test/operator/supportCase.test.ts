import { expect, it } from 'vitest';
import type { PassEvent } from '../../src/diagnostics.js';
import { createHarness, deviceNumber, hourMs, recordEvents } from '../session/harness.js';

const [device, other] = [deviceNumber(1), deviceNumber(2)];

it('all that happened to the device of a support case is found by its tag, in the events of every process', async () => {
  await using harness = await createHarness();
  const { simulator } = harness;
  using recording = recordEvents();
  const pass = harness.createPass();
  // Registered, served, refused a call, renewed in the background, replaced, restored by the operator, forgotten.
  await pass.client(device).profiles.all();
  await pass.authenticate(other);
  simulator.fault({
    endpoint: 'profiles',
    effect: { status: 403, body: { status: 403, code: 'forbidden' } },
  });
  await expect(pass.client(device).profiles.all()).rejects.toMatchObject({ code: 'upstream_refused' });
  harness.advance(5 * hourMs);
  await pass.authenticate(device);
  await expect.poll(() => recording.of('tokenIssued').filter(({ background }) => background)).toHaveLength(1);
  simulator.fault({ endpoint: 'profiles', effect: { status: 401 } });
  await pass.client(device).profiles.all();
  await pass.forget(device);
  await expect(harness.createPass().forget({ identifier: '' })).rejects.toMatchObject({ status: 400 });

  const tag = pass.tagOf(device);
  expect(harness.createPass().tagOf({ identifier: Buffer.from(device.identifier) })).toBe(tag);
  const named = recording.events.filter(
    (event): event is PassEvent & { readonly device: string } => 'device' in event,
  );
  // Nobody else was there, so no event names a device in another way.
  expect(new Set(named.map((event) => event.device))).toEqual(new Set([tag, pass.tagOf(other)]));
  expect(named.filter((event) => event.device === tag).map(({ type }) => type)).toEqual([
    'credentialsRegistered',
    'tokenIssued',
    'requestFailed',
    'tokenIssued',
    'tokenRefreshForced',
    'tokenIssued',
    'deviceForgotten',
  ]);
  expect(JSON.stringify(recording.events)).not.toContain(device.identifier);
});
