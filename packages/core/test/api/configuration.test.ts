import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import { processConfigurationResponse } from '../../src/api/configuration/configuration.js';
import type { Device } from '../../src/device/Device.js';
import type { UpstreamResponse } from '../../src/http/Transport.js';
import { gatewayPage, upstreamResponse } from '../http/upstreamResponse.js';
import { breathe, stage, type Stage } from './scripted.js';

const answer = { requestor: { id: 'REF30', name: 'Reference', mvpds: [{ id: 'Cablevision' }] } };

const clientOf = (on: Stage, info?: object, device: Partial<Device> = {}): ApiClient =>
  new ApiClient(
    on,
    {
      identifier: 'tv',
      address: '203.0.113.7',
      ...(info === undefined ? {} : { info: { ...info } }),
      ...device,
    },
    undefined,
  );

const process = (body: unknown) => processConfigurationResponse('REF30', { status: 200, headers: {}, body });

it('takes a configuration that is nested deeper than the stack', () => {
  const depth = 200_000;
  const deep: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  expect(process({ ...answer, deep }).mvpds).toHaveLength(1);
});

describe('client.configuration', () => {
  it('is retrieved once for all devices of one platform', async () => {
    const on = stage([200, answer]);
    const tv = { primaryHardwareType: 'TV', osName: 'webOS', model: 'OLED55', osVersion: '6', version: '1' };
    const asking = [
      clientOf(on, tv, { userAgent: 'Mozilla/5.0 (Web0S) AppleWebKit/537.36' }),
      clientOf(
        on,
        { ...tv, osVersion: '7', applicationId: 'x' },
        { userAgent: 'Mozilla/5.0 (Web0S) AppleWebKit/538' },
      ),
    ].map((client) => client.configuration());
    const [one, two] = await Promise.all(asking);
    expect(one).toBe(two);
    expect(on.transport.sent).toHaveLength(1);
  });

  it('says what Adobe Pass recognises the platform by, whose address asks, and nothing of the viewer', async () => {
    const on = stage([200, answer]);
    const fireTv = {
      model: 'AFTM',
      manufacturer: 'Amazon',
      vendor: 'Amazon',
      osName: 'Android',
      version: 'montoya',
    };
    const connection = { connectionIp: '203.0.113.9', connectionPort: '53124', connectionType: 'WiFi' };
    const given = { ...fireTv, ...connection };
    await new ApiClient(
      on,
      { identifier: 'tv', info: given, address: '203.0.113.7', port: 1, userAgent: 'Dalvik/2.1.0 (AFTM)' },
      { subjectToken: 'a.b', tempPassIdentity: 'e30=' },
    ).configuration();
    const sent = on.transport.sent[0];
    const { 'x-device-info': deviceInfo = '', ...others } = sent?.headers ?? {};
    expect(sent?.path).toBe('/api/v2/REF30/configuration');
    expect(others).toEqual({
      accept: 'application/json;charset=utf-8',
      authorization: 'Bearer token-1',
      'user-agent': 'Dalvik/2.1.0 (AFTM)',
      'x-forwarded-for': '203.0.113.7',
    });
    expect(JSON.parse(Buffer.from(deviceInfo, 'base64').toString())).toEqual(fireTv);
  });

  it('is another one for each platform, told apart as Adobe Pass does', async () => {
    const devices: readonly (readonly [object | undefined, string | undefined])[] = [
      [
        { osName: 'Android', model: 'AFTM', manufacturer: 'Amazon', vendor: 'Amazon' },
        'Dalvik/2.1.0 (Android 5.1)',
      ],
      [{ osName: 'Android', model: 'Pixel 8', manufacturer: 'Google' }, 'Dalvik/2.1.0 (Android 14)'],
      [undefined, 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1'],
      [undefined, 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1'],
      [{ primaryHardwareType: 'TV', osName: 'Linux', vendor: 'Samsung' }, undefined],
      [{ primaryHardwareType: 'TV', osName: 'Linux', vendor: 'Vizio' }, undefined],
      [{ osName: 'Linux', model: 'PS5', vendor: 'Sony' }, undefined],
      [{ osName: 'Roku OS', model: 'Roku' }, undefined],
      [undefined, undefined],
    ];
    const on = stage(...devices.map(() => [200, answer] as const));
    for (const round of [1, 2])
      for (const [info, userAgent] of devices)
        await clientOf(on, info, { userAgent })
          .configuration()
          .then(() => round);
    expect(on.transport.sent).toHaveLength(devices.length);
    expect(on.transport.sent.at(-1)?.headers).not.toHaveProperty('x-device-info');
  });

  it('is another one for another service provider', async () => {
    const on = stage([200, answer], [200, answer]);
    await clientOf(on).configuration();
    await new ApiClient(on, { identifier: 'tv' }, { serviceProvider: 'REF31' }).configuration();
    expect(on.transport.sent.map(({ path }) => path)).toEqual([
      '/api/v2/REF30/configuration',
      '/api/v2/REF31/configuration',
    ]);
  });

  it('knows the platform in a header that the device made', async () => {
    const on = stage([200, answer], [200, answer]);
    const header = Buffer.from('{"model":"AFTM","connectionIp":"198.51.100.1"}').toString('base64');
    await new ApiClient(on, { identifier: 'tv', info: header }, undefined).configuration();
    await clientOf(on, { model: 'AFTM' }).configuration();
    await new ApiClient(on, { identifier: 'tv', info: 'platform=Windows' }, undefined).configuration();
    expect(on.transport.sent).toHaveLength(2);
    expect(on.transport.sent[0]?.headers['x-device-info']).toBe(
      Buffer.from('{"model":"AFTM"}').toString('base64'),
    );
    expect(on.transport.sent[1]?.headers['x-device-info']).toBe('platform=Windows');
  });

  it('of a platform that there is makes no room for those that one device invents', async () => {
    const on = stage(...Array.from({ length: 301 }, () => [200, answer] as const));
    const real = async (identifier: string) =>
      await new ApiClient(on, { identifier, info: { model: 'AFTM' } }, undefined).configuration();
    await real('one');
    await real('two');
    for (let n = 0; n < 300; n += 1) await clientOf(on, { model: `invented ${n}` }).configuration();
    expect(on.transport.sent).toHaveLength(301);
    await real('three');
    expect(on.transport.sent).toHaveLength(301);
  });

  it('is retrieved again after two minutes, and nobody waits for it', async () => {
    const on = stage([200, answer], [200, { requestor: { id: 'REF30', mvpds: [{ id: 'New' }] } }]);
    const client = clientOf(on);
    await client.configuration();
    on.clock.advance(119_999);
    await client.configuration();
    expect(on.transport.sent).toHaveLength(1);
    on.clock.advance(1);
    expect(await client.configuration()).toMatchObject({ mvpds: [{ id: 'Cablevision' }] });
    await breathe();
    expect(on.transport.sent).toHaveLength(2);
    expect(await client.configuration()).toMatchObject({ mvpds: [{ id: 'New' }] });
  });

  it('is served while Adobe Pass fails, asked for once a second at most, until it is ten minutes old', async () => {
    const refusal = [405, {}] as const;
    const on = stage([200, answer], refusal, refusal, refusal, refusal);
    const client = clientOf(on);
    await client.configuration();
    on.clock.advance(120_000);
    for (let n = 0; n < 5; n += 1) {
      await client.configuration();
      await breathe();
    }
    expect(on.transport.sent).toHaveLength(2);
    on.clock.advance(1_000);
    await client.configuration();
    await breathe();
    expect(on.transport.sent).toHaveLength(3);
    on.clock.advance(479_000);
    await expect(client.configuration()).rejects.toMatchObject({ code: 'upstream_refused' });
  });

  describe('of which the first caller is held up', () => {
    const of = (on: Stage, n: number) =>
      clientOf(on, undefined, { identifier: `tv ${n}`, address: `203.0.113.${n}` });
    const settled = async (work: Promise<unknown>): Promise<boolean> =>
      await Promise.race([work.then(() => true), breathe().then(breathe).then(breathe)]);

    it('by a throttled address, is retrieved by the next who is free, for all', async () => {
      const on = stage([200, answer]);
      on.gate.throttled('203.0.113.1', 10_000);
      const first = of(on, 1).configuration();
      await breathe();
      const others = [2, 3, 4].map((n) => of(on, n).configuration());
      expect(await settled(Promise.all([first, ...others]))).toBe(true);
      expect(on.transport.sent.map(({ headers }) => headers['x-forwarded-for'])).toEqual(['203.0.113.2']);
      on.shutDown(new Error('over'));
    });

    it('by a 429 on the way, is retrieved by one of those who wait already', async () => {
      const on = stage([429, gatewayPage], [200, answer]);
      const all = [1, 2, 3].map((n) => of(on, n).configuration());
      expect(await settled(Promise.all(all))).toBe(true);
      expect(on.transport.sent.map(({ headers }) => headers['x-forwarded-for'])).toEqual([
        '203.0.113.1',
        '203.0.113.2',
      ]);
      on.shutDown(new Error('over'));
    });

    it('by a 503 or a lost token too', async () => {
      for (const held of [[503, ''] as const, [401] as const]) {
        const on = stage(held, [200, answer], [200, answer]);
        const [first, second] = [1, 2].map((n) => of(on, n).configuration());
        expect(await settled(Promise.all([first, second]))).toBe(true);
      }
    });

    it('is asked for by nobody else who could not go either', async () => {
      const on = stage([200, answer]);
      for (const n of [1, 2, 3]) on.gate.throttled(`203.0.113.${n}`, 10_000);
      const all = [1, 2, 3].map((n) => of(on, n).configuration());
      expect(await settled(Promise.all(all))).toBe(false);
      await on.play(Promise.all(all));
      expect(on.transport.sent).toHaveLength(1);
    });
  });

  it('keeps at most 200 lists, the youngest', async () => {
    const on = stage(...Array.from({ length: 202 }, () => [200, answer] as const));
    const of = (n: number) =>
      new ApiClient(on, { identifier: 'tv' }, { serviceProvider: `S${n}` }).configuration();
    for (let n = 0; n <= 200; n += 1) await of(n);
    await of(200);
    await of(1);
    expect(on.transport.sent).toHaveLength(201);
    await of(0);
    expect(on.transport.sent).toHaveLength(202);
  });

  it('forgets a failure', async () => {
    const on = stage(
      [400, { code: 'invalid_parameter_service_provider', action: 'none', status: 400 }],
      [200, answer],
    );
    await expect(clientOf(on).configuration()).rejects.toMatchObject({ code: 'upstream_refused' });
    await expect(clientOf(on).configuration()).resolves.toMatchObject({ serviceProvider: { id: 'REF30' } });
  });

  it("does not fail others for the first caller's device", async () => {
    const on = stage([403, { code: 'denied_for_this_device', action: 'none' }], [200, answer]);
    const [first, ...others] = await Promise.allSettled([1, 2, 3].map(() => clientOf(on).configuration()));
    expect(first).toMatchObject({ status: 'rejected' });
    expect(others).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
    expect(on.transport.sent).toHaveLength(2);
  });

  it('does not try again for a caller that has gone', async () => {
    let arrive: (response: UpstreamResponse) => void = () => undefined;
    const late = new Promise<UpstreamResponse>((resolve) => {
      arrive = resolve;
    });
    const on = stage(late);
    const controller = new AbortController();
    const first = clientOf(on).configuration();
    const second = clientOf(on).configuration({ signal: controller.signal });
    await breathe();
    controller.abort('gone');
    await expect(second).rejects.toBe('gone');
    arrive(upstreamResponse(405));
    await expect(first).rejects.toMatchObject({ code: 'upstream_refused' });
    await breathe();
    expect(on.transport.sent).toHaveLength(1);
  });

  it("goes on for the others when the first caller's signal aborts", async () => {
    let arrive: (response: UpstreamResponse) => void = () => undefined;
    const on = stage(
      new Promise<UpstreamResponse>((resolve) => {
        arrive = resolve;
      }),
    );
    const controller = new AbortController();
    const first = clientOf(on).configuration({ signal: controller.signal });
    const second = clientOf(on).configuration();
    await breathe();
    controller.abort('gone');
    await expect(first).rejects.toBe('gone');
    arrive(upstreamResponse(200, answer));
    await expect(second).resolves.toMatchObject({ mvpds: [{ id: 'Cablevision' }] });
    expect(on.transport.sent).toHaveLength(1);
    expect(on.clock.pendingTimers).toBe(0);
  });

  it('needs a device', async () => {
    await expect(new ApiClient(stage(), undefined, undefined).configuration()).rejects.toMatchObject({
      code: 'device_missing',
    });
  });
});

describe('processConfigurationResponse', () => {
  it('reads the providers inside the requestor, or beside it', () => {
    expect(process(answer).mvpds.map(({ id }) => id)).toEqual(['Cablevision']);
    expect(
      process({ requestor: { id: 'REF30' }, mvpds: [{ id: 'Acme' }] }).mvpds.map(({ id }) => id),
    ).toEqual(['Acme']);
    expect(process({ requestor: { id: 'REF30' } }).mvpds).toEqual([]);
  });

  it('takes absent flags as false, and keeps what it does not know', () => {
    const mvpd = {
      id: 'Acme',
      displayName: 'Acme',
      isTempPass: 'true',
      boardingStatus: 'PICKER',
      enablePlatformServices: true,
      platformMappingId: 'acme-mapping',
      logoUrl: 'javascript:alert(1)',
      later: { x: 1 },
    };
    expect(process({ requestor: { mvpds: [mvpd, { displayName: 'no id' }, null] } }).mvpds).toEqual([
      {
        id: 'Acme',
        displayName: 'Acme',
        isTempPass: true,
        isProxy: false,
        platform: {
          isEnabled: true,
          isInPicker: false,
          permissionsEnforced: false,
          boardingStatus: 'PICKER',
          mappingId: 'acme-mapping',
        },
        raw: mvpd,
      },
    ]);
  });

  it('names the domains of the service provider', () => {
    const domains = [{ name: 'adobe.com', mvpdInitiated: true }, { name: 'a.example' }, 7, {}];
    expect(process({ requestor: { id: 'REF30', domains } }).serviceProvider).toEqual({
      id: 'REF30',
      name: 'REF30',
      domains: [
        { name: 'adobe.com', mvpdInitiated: true },
        { name: 'a.example', mvpdInitiated: false },
      ],
    });
  });

  it('cannot be changed by one of those who share it', () => {
    const configuration = process(structuredClone(answer));
    expect(() => Object.assign(configuration.mvpds[0] ?? {}, { id: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(configuration.raw['requestor'] ?? {}, { id: 'x' })).toThrow(TypeError);
  });

  it.each([undefined, [], 'text', { requestor: { mvpds: {} } }])('refuses %j', (body) => {
    expect(() => process(body)).toThrow(expect.objectContaining({ code: 'upstream_response_invalid' }));
  });
});
