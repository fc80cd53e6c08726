import { describe, expect, it } from 'vitest';
import { PassError } from '../src/errors.js';
import { attachClient } from '../src/inbound/attachClient.js';
import { clientOf } from '../src/inbound/clientOf.js';
import { problemAnswers } from '../src/inbound/problemAnswers.js';
import type { Pass } from '../src/Pass.js';
import { publishFailure } from '../src/publishFailure.js';
import { inboundRequest } from './inbound/inboundRequest.js';
import { createHarness, deviceNumber, recordEvents } from './session/harness.js';

const device = deviceNumber(1);
const request = inboundRequest();

/** What a call rejects with or throws. */
async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a PassError that leaves', () => {
  it('of a call of a client says what was asked for, for which device, and what Adobe Pass said', async () => {
    await using harness = await createHarness();
    const pass = harness.createPass();
    const body = { status: 403, code: 'forbidden' };
    harness.simulator.fault({ endpoint: 'profiles', effect: { status: 403, body } });
    using recording = recordEvents();
    const error = await failureOf(() => pass.client(device).profiles.all());
    expect(recording.of('requestFailed')).toEqual([
      {
        type: 'requestFailed',
        endpoint: 'profiles',
        device: pass.tagOf(device),
        code: 'upstream_refused',
        status: 502,
        message: (error as PassError).message,
        adobeStatus: 403,
        adobeCode: 'forbidden',
      },
    ]);
  });

  it('of a body that cannot be used says what was asked for, too', async () => {
    await using harness = await createHarness();
    const pass = harness.createPass();
    using recording = recordEvents();
    for (const endpoint of ['profiles', 'configuration'] as const)
      harness.simulator.fault({ endpoint, effect: { status: 200, body: [] } });
    const client = pass.client(device);
    await failureOf(() => client.profiles.all());
    await failureOf(() => client.configuration());
    expect(recording.of('requestFailed')).toMatchObject([
      { code: 'upstream_response_invalid', endpoint: 'profiles', device: pass.tagOf(device) },
      { code: 'upstream_response_invalid', endpoint: 'configuration', device: pass.tagOf(device) },
    ]);
  });

  it.each<[string, string, (pass: Pass) => unknown]>([
    ['an unusable identifier', 'device_identifier_invalid', (pass) => pass.client({ identifier: 'tv\n' })],
    ['a device that is none', 'device_missing', (pass) => pass.client(null as never)],
    [
      'a client without a device',
      'device_missing',
      async (pass) => {
        const target: { pass?: ReturnType<Pass['client']> } = {};
        await attachClient<object>(pass, { device: () => undefined }).attach(target, request);
        return await target.pass?.profiles.all();
      },
    ],
    [
      'a device function that answers no device',
      'option_invalid',
      (pass) => attachClient<object>(pass, { device: () => 'tv' as never }).attach({}, request),
    ],
    [
      'a device function that later answers none',
      'option_invalid',
      (pass) => attachClient<object>(pass, { device: async () => 'tv' as never }).attach({}, request),
    ],
    [
      'a device function that fails with one',
      'device_identifier_invalid',
      (pass) =>
        attachClient<object>(pass, {
          device: () => {
            throw new PassError('device_identifier_invalid', 'of an application');
          },
        }).attach({}, request),
    ],
    [
      'a name that is taken',
      'property_taken',
      (pass) => attachClient<object>(pass, { device: () => device }).attach({ pass: 'taken' }, request),
    ],
    ['a request without a client', 'middleware_missing', () => clientOf({})],
    [
      'a context that cannot be sent',
      'header_invalid',
      (pass) => pass.client(device, { subjectToken: 'a\nb' }).profiles.all(),
    ],
    [
      'a service provider that is no segment of a path',
      'request_path_invalid',
      (pass) => pass.client(device, { serviceProvider: '..' }).profiles.all(),
    ],
    ['a path', 'request_path_invalid', (pass) => pass.client(device).request('GET', '/o/client/token')],
    ['a wrong word of an operator', 'option_invalid', (pass) => pass.reseal({ recordsPerSecond: 0 })],
    ['an operator about no device', 'device_identifier_invalid', (pass) => pass.forget({ identifier: '' })],
    [
      'what an adapter makes by itself',
      'middleware_missing',
      () => {
        const error = new PassError('middleware_missing', 'not for this handler');
        problemAnswers()(error, {});
        throw error;
      },
    ],
  ])('is published once and before anything was asked for: %s', async (_, code, call) => {
    await using harness = await createHarness();
    const pass = harness.createPass();
    using recording = recordEvents();
    const error = await failureOf(() => call(pass));
    expect(error).toMatchObject({ code });
    const told = (): unknown =>
      recording.of('requestFailed').map((event) => [event.code, event.message, event.endpoint]);
    const once = [[code, (error as PassError).message, undefined]];
    expect(told()).toEqual(once);
    // An adapter's error handler is another door.
    problemAnswers()(error, {});
    expect(told()).toEqual(once);
  });

  it('is published for each caller who waited, and only to those', async () => {
    await using harness = await createHarness();
    const pass = harness.createPass();
    harness.simulator.fault({ endpoint: 'register', effect: { error: 'invalid_redirect_uri' } });
    using recording = recordEvents();
    const attachment = attachClient<object>(pass, { device: () => device });
    const callers = [
      () => pass.authenticate(device),
      () => pass.client(device).accessToken(),
      () => attachment.attach({}, request),
    ];
    await Promise.all(callers.map(failureOf));
    const told = recording.of('requestFailed');
    expect(told.map(({ code, endpoint, device: tag }) => [code, endpoint, tag])).toEqual(
      callers.map(() => ['registration_refused', 'token', pass.tagOf(device)]),
    );
  });

  it('of a strict server that turns everybody away is published too', async () => {
    await using harness = await createHarness();
    const finding = { level: 'error', code: 'store_evicts', message: 'It evicts.' } as const;
    const cache = { ...harness.cache, check: async () => [finding] };
    const pass = harness.createPass({ cache, strict: true });
    using recording = recordEvents();
    await failureOf(() => pass.authenticate(device));
    await failureOf(() => pass.restore(device));
    expect(recording.of('requestFailed').map(({ code, endpoint }) => [code, endpoint])).toEqual([
      ['cache_unsafe', 'token'],
      ['cache_unsafe', undefined],
    ]);
  });
});

describe('what is not told as a failed request', () => {
  it('is the reason of a caller that has left, and what is no PassError', async () => {
    await using harness = await createHarness();
    const pass = harness.createPass();
    using recording = recordEvents();
    const signal = AbortSignal.abort();
    await failureOf(() => pass.client(device).profiles.all({ signal }));
    await failureOf(() =>
      attachClient<object>(pass, { device: () => Promise.reject(new Error()) }).attach({}, request),
    );
    problemAnswers()(new Error('of an application'), {});
    expect(recording.of('requestFailed')).toEqual([]);
  });

  it('is a renewal in the background, which nobody waits for', async () => {
    await using harness = await createHarness();
    const pass = harness.createPass();
    await pass.authenticate(device);
    harness.simulator.fault({ endpoint: 'token', effect: { error: 'invalid_request' } });
    harness.advance(17_500_000);
    using recording = recordEvents();
    await pass.authenticate(device);
    await expect.poll(() => recording.of('renewalPostponed')).toHaveLength(1);
    expect(recording.of('requestFailed')).toEqual([]);
  });
});

it('the event of an error repeats nothing of its cause', () => {
  using recording = recordEvents();
  const cause = new Error('redis://user:sesame@host');
  publishFailure(new PassError('cache_unavailable', 'the cache could not be read', { cause }));
  expect(JSON.stringify(recording.events)).not.toContain('sesame');
});
