import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import { processConfigurationResponse } from '../../src/api/configuration/configuration.js';
import type { UpstreamResponse } from '../../src/http/Transport.js';
import { upstreamResponse } from '../http/upstreamResponse.js';
import { breathe, stage, type Stage } from './scripted.js';

const answer = { requestor: { id: 'REF30', name: 'Reference', mvpds: [{ id: 'Cablevision' }] } };

const clientOf = (on: Stage, info?: object, address = '203.0.113.7'): ApiClient =>
  new ApiClient(
    on,
    { identifier: 'tv', address, ...(info === undefined ? {} : { info: { ...info } }) },
    undefined,
  );

const process = (body: unknown) => processConfigurationResponse('REF30', { status: 200, headers: {}, body });

it('takes a configuration that is nested deeper than the stack', () => {
  const depth = 200_000;
  const deep: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
  expect(process({ ...answer, deep }).mvpds).toHaveLength(1);
});

describe('client.configuration', () => {
  it('is retrieved once for all devices of one kind', async () => {
    const on = stage([200, answer]);
    const tv = { primaryHardwareType: 'TV', osName: 'webOS', model: 'A' };
    const [one, two] = await Promise.all(
      [clientOf(on, tv), clientOf(on, { ...tv, model: 'B' })].map((client) => client.configuration()),
    );
    expect(one).toBe(two);
    expect(on.transport.sent).toHaveLength(1);
  });

  it('says of the device its kind and its address, and nothing else', async () => {
    const on = stage([200, answer]);
    await clientOf(on, {
      primaryHardwareType: 'tv',
      osName: 'webOS',
      model: 'A',
      connectionIp: '203.0.113.9',
    }).configuration();
    const sent = on.transport.sent[0];
    const headers: Readonly<Record<string, string>> = sent?.headers ?? {};
    expect(sent?.path).toBe('/api/v2/REF30/configuration');
    expect(Object.keys(headers).toSorted()).toEqual([
      'accept',
      'authorization',
      'x-device-info',
      'x-forwarded-for',
    ]);
    const info: unknown = JSON.parse(Buffer.from(headers['x-device-info'] ?? '', 'base64').toString());
    expect(info).toEqual({ primaryHardwareType: 'TV', osName: 'webOS' });
  });

  it('is another one for another kind, and for another service provider', async () => {
    const on = stage([200, answer], [200, answer], [200, answer]);
    await clientOf(on, { osName: 'webOS' }).configuration();
    await clientOf(on, { osName: 'tvOS' }).configuration();
    await new ApiClient(on, { identifier: 'tv' }, { serviceProvider: 'REF31' }).configuration();
    expect(on.transport.sent.map(({ path }) => path)).toEqual([
      '/api/v2/REF30/configuration',
      '/api/v2/REF30/configuration',
      '/api/v2/REF31/configuration',
    ]);
  });

  it('invented kinds share one entry', async () => {
    const on = stage([200, answer]);
    for (let n = 0; n < 5; n += 1) await clientOf(on, { osName: `invented ${n}` }).configuration();
    expect(on.transport.sent).toHaveLength(1);
  });

  it('is retrieved again after two minutes', async () => {
    const on = stage([200, answer], [200, answer]);
    const client = clientOf(on);
    await client.configuration();
    on.clock.advance(119_999);
    await client.configuration();
    expect(on.transport.sent).toHaveLength(1);
    on.clock.advance(1);
    await client.configuration();
    expect(on.transport.sent).toHaveLength(2);
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
      later: { x: 1 },
    };
    expect(process({ requestor: { mvpds: [mvpd, { displayName: 'no id' }, null] } }).mvpds).toEqual([
      { id: 'Acme', displayName: 'Acme', isTempPass: true, isProxy: false, raw: mvpd },
    ]);
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
