import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPassInternals } from '../../src/api/createPassInternals.js';
import type { Device } from '../../src/device/Device.js';
import { passEventChannel } from '../../src/diagnostics.js';
import { attachClient, type AttachOptions } from '../../src/inbound/attachClient.js';
import { clientOf } from '../../src/inbound/clientOf.js';
import { passInternals } from '../../src/PassInternals.js';
import type { Pass } from '../../src/Pass.js';
import type { PassClient } from '../../src/PassClient.js';
import type { TokenOptions } from '../../src/session/AccessTokens.js';
import { breathe, stage, type Stage } from '../api/scripted.js';
import { errorOf } from '../errorOf.js';
import { inboundRequest } from './inboundRequest.js';

interface Target {
  pass?: PassClient;
}

const tv: Device = { identifier: 'tv' };

const passOver = (on: Stage): Pass => ({ [passInternals]: createPassInternals(on) }) as unknown as Pass;

const attachTo = (on: Stage, options: Partial<AttachOptions<Target>> = {}) =>
  attachClient<Target>(passOver(on), { device: () => tv, ...options });

describe('attachClient', () => {
  it('makes no promise where the token is in memory', () => {
    const on = stage();
    const target: Target = {};
    expect(attachTo(on).attach(target, inboundRequest())).toBeUndefined();
    expect(target.pass?.device.identifier).toBe('tv');
    expect(on.tokens.asked).toHaveLength(0);
  });

  it('eager: waits for a token where there is none', async () => {
    const on = stage();
    on.tokens.held = undefined;
    const target: Target = {};
    const pending = attachTo(on).attach(target, inboundRequest());
    expect(pending).toBeInstanceOf(Promise);
    await pending;
    expect(on.tokens.peek()).toBe('token-1');
  });

  it('eager: rejects with what kept the token away', async () => {
    const on = stage();
    on.tokens.held = undefined;
    on.tokens.refusal = new Error('no token');
    await expect(attachTo(on).attach({}, inboundRequest())).rejects.toThrow('no token');
  });

  it('lazy: asks for no token', () => {
    const on = stage();
    on.tokens.held = undefined;
    expect(attachTo(on, { authenticate: 'lazy' }).attach({}, inboundRequest())).toBeUndefined();
    expect(on.tokens.asked).toHaveLength(0);
  });

  it('never authenticates OPTIONS', () => {
    const on = stage();
    on.tokens.held = undefined;
    const target: Target = {};
    expect(attachTo(on).attach(target, inboundRequest({}, { method: 'OPTIONS' }))).toBeUndefined();
    expect(target.pass).toBeDefined();
  });

  it('without a device attaches a client whose use fails', async () => {
    for (const device of [() => undefined, () => null as unknown as undefined, async () => undefined]) {
      const target: Target = {};
      await attachTo(stage(), { device }).attach(target, inboundRequest());
      await expect(target.pass?.accessToken()).rejects.toMatchObject({ code: 'device_missing' });
    }
  });

  it('waits for a device that takes time', async () => {
    const target: Target = {};
    await attachTo(stage(), { device: async () => tv }).attach(target, inboundRequest());
    expect(target.pass?.device.identifier).toBe('tv');
  });

  it('passes on what the device function throws, synchronously or not', async () => {
    const forged = new Error('forged');
    const throws = (): never => {
      throw forged;
    };
    expect(() => attachTo(stage(), { device: throws }).attach({}, inboundRequest())).toThrow(forged);
    const pending = attachTo(stage(), { device: async () => throws() }).attach({}, inboundRequest());
    await expect(pending).rejects.toBe(forged);
  });

  it.each([null, 'route'])('makes an error of %s thrown by the device function', async (reason) => {
    const throws = (): undefined => AbortSignal.abort(reason).throwIfAborted() as undefined;
    const expected = { message: 'the device option failed without an error', cause: reason };
    const attaching = (device: AttachOptions<Target>['device']) => async () =>
      await attachTo(stage(), { device }).attach({}, inboundRequest());
    await expect(attaching(throws)).rejects.toMatchObject(expected);
    await expect(attaching(async () => throws())).rejects.toMatchObject(expected);
  });

  it('refuses a device that is no object', () => {
    const attachment = attachTo(stage(), { device: () => 'tv' as unknown as Device });
    expect(errorOf(() => attachment.attach({}, inboundRequest())).code).toBe('option_invalid');
  });

  it('mounted twice attaches one client', async () => {
    const pass = passOver(stage());
    const target: Target = {};
    const device = (): Device => ({ identifier: 'tv' });
    await attachClient<Target>(pass, { device }).attach(target, inboundRequest());
    const { pass: first } = target;
    await attachClient<Target>(pass, { device }).attach(target, inboundRequest());
    expect(target.pass).toBe(first);
  });

  it.each([
    ['a device', tv],
    ['no device', undefined],
  ])(
    'mounted again with another device function, which would not be asked, is refused: %s first',
    async (_, first) => {
      const pass = passOver(stage());
      const target: Target = {};
      await attachClient<Target>(pass, { device: () => first }).attach(target, inboundRequest());
      const stricter = attachClient<Target>(pass, { device: () => undefined });
      const error = errorOf(() => stricter.attach(target, inboundRequest()));
      expect(error).toMatchObject({ code: 'option_invalid', status: 500, expose: false });
    },
  );

  it('lazy before eager: the second mount authenticates', async () => {
    const on = stage();
    on.tokens.held = undefined;
    const pass = passOver(on);
    const target: Target = {};
    const device = (): Device => tv;
    await attachClient<Target>(pass, { device, authenticate: 'lazy' }).attach(target, inboundRequest());
    await attachClient<Target>(pass, { device }).attach(target, inboundRequest());
    expect(on.tokens.asked).toHaveLength(1);
  });

  it('keeps what the device function said, whatever becomes of its object and bytes', async () => {
    const bytes = Buffer.from('tv-1');
    const device = { identifier: bytes, info: { model: 'A' }, address: '203.0.113.1' };
    const on = stage([200, { profiles: {} }]);
    const target: Target = {};
    await attachTo(on, { device: () => device }).attach(target, inboundRequest());
    bytes.write('tv-2');
    Object.assign(device, { info: { model: 'B' }, address: '203.0.113.2' });
    await target.pass?.profiles.all();
    expect(on.transport.sent[0]?.headers).toMatchObject({
      'ap-device-identifier': `fingerprint ${Buffer.from('tv-1').toString('base64')}`,
      'x-device-info': base64('{"model":"A","connectionIp":"203.0.113.1"}'),
      'x-forwarded-for': '203.0.113.1',
    });
  });

  it('refuses a name that something else has', async () => {
    const target: Target = {};
    await attachTo(stage()).attach(target, inboundRequest());
    expect(errorOf(() => attachTo(stage()).attach(target, inboundRequest())).code).toBe('property_taken');
    const taken = { pass: 'boarding' } as unknown as Target;
    expect(errorOf(() => attachTo(stage()).attach(taken, inboundRequest())).code).toBe('property_taken');
  });

  it('takes the place of a declared but empty property', async () => {
    const target = { pass: null } as unknown as Target;
    await attachTo(stage()).attach(target, inboundRequest());
    expect(target.pass?.serviceProvider).toBe('REF30');
  });

  it('uses another name on demand', async () => {
    const target = {};
    await attachTo(stage(), { as: 'sports' }).attach(target, inboundRequest());
    expect(clientOf(target, 'sports').serviceProvider).toBe('REF30');
    expect(errorOf(() => clientOf(target)).code).toBe('middleware_missing');
  });

  it('knows a Pass of another copy of the package by its internals', async () => {
    const foreign: PassClient[] = [];
    const internals = {
      client: () => {
        const client = { needsToken: () => false } as unknown as PassClient;
        foreign.push(client);
        return client;
      },
      owns: (value: unknown): value is PassClient => foreign.includes(value as PassClient),
      warn: () => undefined,
    };
    const pass = { [Symbol.for('@pass-dcr/core/internals')]: internals } as unknown as Pass;
    const target: Target = {};
    await attachClient<Target>(pass, { device: () => tv }).attach(target, inboundRequest());
    expect(target.pass).toBe(foreign[0]);
  });
});

describe("a client's end of the connection", () => {
  const waiting = (on: Stage) => {
    on.tokens.held = undefined;
    on.tokens.get = async (_key, _device, { signal }: TokenOptions) => {
      if (signal !== undefined) await once(signal, 'abort');
      signal?.throwIfAborted();
      return 'too late';
    };
    const request = inboundRequest();
    return { request, pending: attachTo(on).attach({}, request) };
  };

  it('ends the wait of its request', async () => {
    const { request, pending } = waiting(stage());
    request.response.close();
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is not looked for where nothing waits', async () => {
    const request = inboundRequest();
    await attachTo(stage()).attach({}, request);
    expect(request.response.listeners).toBe(0);
  });

  it('is noticed also by a call that begins after it', async () => {
    const on = stage();
    const request = inboundRequest();
    const target: Target = {};
    await attachTo(on).attach(target, request);
    request.response.close();
    await expect(target.pass?.profiles.all()).rejects.toMatchObject({ name: 'AbortError' });
    expect(on.transport.sent).toHaveLength(0);
  });

  it('does not end what a handler does after its response', async () => {
    const on = stage([200, { profiles: {} }]);
    const request = inboundRequest();
    const target: Target = {};
    await attachTo(on).attach(target, request);
    const call = target.pass?.profiles.all();
    request.response.writableEnded = true;
    request.response.close();
    await expect(call).resolves.toEqual([]);
  });
});

describe('what is sent for a request', () => {
  const headersFor = async (request: ReturnType<typeof inboundRequest>, device: Device = tv) => {
    const on = stage([200, { profiles: {} }]);
    const target: Target = {};
    await attachTo(on, { device: () => device }).attach(target, request);
    await target.pass?.profiles.all();
    return on.transport.sent[0]?.headers ?? {};
  };
  const infoOf = (headers: Readonly<Record<string, string>>): unknown =>
    JSON.parse(Buffer.from(headers['x-device-info'] ?? '', 'base64').toString());

  it('is its trusted address, its User-Agent, and the port of a direct connection', async () => {
    const headers = await headersFor(inboundRequest({ 'user-agent': 'TV/1' }), {
      identifier: 'tv',
      info: { model: 'A' },
    });
    expect(headers).toMatchObject({ 'x-forwarded-for': '203.0.113.7', 'user-agent': 'TV/1' });
    expect(infoOf(headers)).toEqual({ model: 'A', connectionIp: '203.0.113.7', connectionPort: '53124' });
  });

  it("is not a proxy's port", async () => {
    const request = inboundRequest({}, { socketAddress: '10.0.0.1' });
    expect(infoOf(await headersFor(request, { identifier: 'tv', info: {} }))).toEqual({
      connectionIp: '203.0.113.7',
    });
  });

  it('is what the device function said, where it said something', async () => {
    const device = { identifier: 'tv', info: {}, address: '203.0.113.99', port: 99, userAgent: 'mine' };
    const headers = await headersFor(inboundRequest({ 'user-agent': 'TV/1' }), device);
    expect(headers).toMatchObject({ 'x-forwarded-for': '203.0.113.99', 'user-agent': 'mine' });
    expect(infoOf(headers)).toEqual({ connectionIp: '203.0.113.99', connectionPort: '99' });
    const withoutPort = await headersFor(inboundRequest(), {
      identifier: 'tv',
      info: {},
      address: '203.0.113.7',
    });
    expect(infoOf(withoutPort)).toEqual({ connectionIp: '203.0.113.7' });
  });

  it('are its single sign-on tokens, where they are well-formed', async () => {
    const headers = await headersFor(
      inboundRequest({
        'adobe-subject-token': 'a.b.c',
        'x-roku-reserved-roku-connect-token': 'r.o.k',
        'ad-service-token': 'two words',
        'ap-partner-framework-status': 'x'.repeat(4_097),
        'ap-temppass-identity': 'e30=',
        'ap-visitor-identifier': '38400',
        'x-forwarded-for': '198.51.100.1',
        cookie: 'secret',
      }),
    );
    expect(Object.keys(headers).toSorted()).toEqual([
      'accept',
      'adobe-subject-token',
      'ap-device-identifier',
      'authorization',
      'x-forwarded-for',
      'x-roku-reserved-roku-connect-token',
    ]);
    expect(headers['x-forwarded-for']).toBe('203.0.113.7');
  });

  it('is read when something is sent, not before', async () => {
    let asked = 0;
    const request = Object.defineProperty(inboundRequest(), 'address', {
      get: () => {
        asked += 1;
        return '203.0.113.7';
      },
    });
    const target: Target = {};
    await attachTo(stage([200, { profiles: {} }])).attach(target, request);
    expect(asked).toBe(0);
    await target.pass?.profiles.all();
    expect(asked).toBeGreaterThan(0);
  });
});

describe('the options of an adapter', () => {
  const pass = passOver(stage());
  const rows: readonly [string, unknown, unknown, RegExp][] = [
    [
      'no pass',
      undefined,
      { device: () => tv },
      /pass must be what createPass\(\) returned, received undefined/,
    ],
    ['options in the place of pass', { device: () => tv }, undefined, /received an object with device/],
    [
      'no options',
      pass,
      undefined,
      /the options must be an object with a device function, received undefined/,
    ],
    ['no device', pass, {}, /device must be a function .* received undefined/],
    ['a device that is no function', pass, { device: tv }, /received an object with identifier/],
    [
      'an unknown option',
      pass,
      { device: () => tv, prefix: '/api' },
      /prefix is not an option; there are device, authenticate, as, and what .* createPass\(\)$/,
    ],
    [
      'a wrong authenticate',
      pass,
      { device: () => tv, authenticate: true },
      /'eager' or 'lazy', received true/,
    ],
    [
      'a secret in the place of authenticate',
      pass,
      { device: () => tv, authenticate: 'hunter2'.repeat(5) },
      /received a string of 35 characters/,
    ],
    [
      'a secret in the place of an option',
      pass,
      { device: () => tv, ['hunter2'.repeat(5)]: 1 },
      /^\(a name of 35 characters\) is not an option; there are/,
    ],
    [
      'an empty name',
      pass,
      { device: () => tv, as: '' },
      /as must be the name of a property, received an empty string/,
    ],
  ];

  it.each(rows)('%s is refused when it is mounted', (_name, given, options, message) => {
    const error = errorOf(() => attachClient(given as Pass, options as AttachOptions<Target>));
    expect(error.code).toBe('option_invalid');
    expect(error.message).toMatch(message);
  });
});

describe('the warning about proxies', () => {
  const warningsAfter = async (trustsEveryProxy: PropertyDescriptor): Promise<unknown[]> => {
    const seen: unknown[] = [];
    const listen = (event: unknown): void => void seen.push(event);
    channel(passEventChannel).subscribe(listen);
    onTestFinished(() => {
      channel(passEventChannel).unsubscribe(listen);
    });
    const attachment = attachTo(stage());
    for (let request = 0; request < 3; request += 1)
      await attachment.attach(
        {},
        Object.defineProperty(inboundRequest(), 'trustsEveryProxy', trustsEveryProxy),
      );
    await breathe();
    return seen;
  };

  it('is published once, at the first request', async () => {
    expect(await warningsAfter({ value: true })).toMatchObject([
      { type: 'warning', code: 'trust_proxy_open' },
    ]);
  });

  it('is not published where no client can choose its address', async () => {
    expect(await warningsAfter({ value: false })).toEqual([]);
  });

  it("fails no request of a test's making that cannot tell", async () => {
    const get = vi.fn<() => boolean>(() => {
      throw new TypeError('this.app is undefined');
    });
    expect(await warningsAfter({ get })).toEqual([]);
    expect(get).toHaveBeenCalledOnce();
  });
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
