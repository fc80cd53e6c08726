import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { DeviceInfo } from '../../src/device/Device.js';
import { deviceInfoHeader, parseDeviceInfoHeader } from '../../src/device/deviceInfo.js';
import { passEventChannel } from '../../src/diagnostics.js';
import { isPassError } from '../../src/errors.js';
import { errorOf } from '../errorOf.js';

const connection = { address: '203.0.113.7', port: 53_124 };

describe('deviceInfoHeader', () => {
  it('is the example of the documentation', () => {
    const info = {
      primaryHardwareType: 'SetTopBox',
      model: 'AFTM',
      version: 'montoya',
      manufacturer: 'Amazon',
      vendor: 'Amazon',
      osName: 'Android',
      osVendor: 'Amazon',
      osVersion: '5.1.1',
      connectionIp: '203.0.113.7',
      connectionPort: '53124',
      connectionType: 'WiFi',
      applicationId: 'demo-app',
    };
    expect(deviceInfoHeader(info)).toBe(
      'eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiU2V0VG9wQm94IiwibW9kZWwiOiJBRlRNIiwidmVyc2lvbiI6Im1vbnRveWEiLCJtYW51ZmFjdHVyZXIiOiJBbWF6b24iLCJ2ZW5kb3IiOiJBbWF6b24iLCJvc05hbWUiOiJBbmRyb2lkIiwib3NWZW5kb3IiOiJBbWF6b24iLCJvc1ZlcnNpb24iOiI1LjEuMSIsImNvbm5lY3Rpb25JcCI6IjIwMy4wLjExMy43IiwiY29ubmVjdGlvblBvcnQiOiI1MzEyNCIsImNvbm5lY3Rpb25UeXBlIjoiV2lGaSIsImFwcGxpY2F0aW9uSWQiOiJkZW1vLWFwcCJ9',
    );
  });

  it('adds the connection where the object lacks it, and the port as text', () => {
    expect(read(deviceInfoHeader({ model: 'TV' }, connection))).toEqual({
      model: 'TV',
      connectionIp: '203.0.113.7',
      connectionPort: '53124',
    });
  });

  it('leaves a connection that the object has', () => {
    const info = { connectionIp: '198.51.100.1', connectionPort: 1 };
    expect(read(deviceInfoHeader(info, connection))).toEqual(info);
  });

  it('adds no port of an address that is not known', () => {
    expect(read(deviceInfoHeader({ model: 'TV' }, { port: 1 }))).toEqual({ model: 'TV' });
  });

  it('passes further members on, in plain padded Base64', () => {
    const info = { model: 'ÿÿÿ>>>???', extra: { a: [1] } };
    const value = deviceInfoHeader(info);
    expect(value).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
    expect(value.length % 4).toBe(0);
    expect(read(value)).toEqual(info);
  });

  it('does not change the object', () => {
    const info = Object.freeze({ model: 'TV' });
    deviceInfoHeader(info, connection);
    expect(info).toEqual({ model: 'TV' });
  });

  it("takes a device's own text, but for what it says of its connection", () => {
    const claims = { model: 'TV', connectionIp: '10.0.0.1', connectionPort: '1', ConnectionIP: '10.0.0.2' };
    const text = deviceInfoHeader(claims);
    expect(read(deviceInfoHeader(text))).toEqual({ model: 'TV' });
    expect(read(deviceInfoHeader(text, connection))).toEqual({
      model: 'TV',
      connectionIp: '203.0.113.7',
      connectionPort: '53124',
    });
  });

  it.each([
    ['JSON', '{"connectionIp":"10.0.0.1"}'],
    ['JSON with escapes', '{"\\u0063onnectionIp":"10.0.0.1"}'],
    ['percent-encoded JSON', '%7B%22conne%63tionIp%22%3A%2210.0.0.1%22%7D'],
    [
      "Base64 of JSON that lacks a comma, as Adobe's sample",
      base64('{"osName":"iOS" "connectionIp":"10.0.0.1"}'),
    ],
    ['Base64 of such JSON with escapes', base64('{"osName":"iOS" "connection\\u0049p":"10.0.0.1"}')],
    ['Base64 of UTF-16', Buffer.from('{"connectionIp":"10.0.0.1"}', 'utf16le').toString('base64')],
    ['Base64 with a line in it', base64('{"connectionIp":"10.0.0.1"}').replace(/.{8}/, '$& ')],
    ['Base64 with padding in the middle', `e30=${base64('{"connectionIp":"10.0.0.1"}')}`],
    ['percent-encoded Base64', `${base64('{"connectionIp":"10.0.0.1"} ').slice(0, -1)}%3D`],
    ['a list of pairs', 'model=TV;connectionIp=10.0.0.1'],
    ['Base64 of a list', base64('[{"connectionIp":"10.0.0.1"}]')],
  ])('leaves out text that it cannot read but that may name an address: %s', (_, text) => {
    expect(deviceInfoHeader(text, connection)).toBe('');
  });

  it('says nothing of blank text', () => {
    expect(warningsOf(() => expect(deviceInfoHeader(' \t', connection)).toBe(''))).toEqual([]);
  });

  it.each(['{"model": "TV 4"}', 'platform=Windows; mobile=false', 'cGxhdGZvcm09V2luZG93cw', 'é'])(
    'forwards %s, because Adobe Pass takes what is no Base64',
    (text) => expect(deviceInfoHeader(text, connection)).toBe(text),
  );

  it('warns of text that it cannot read once for each kind, however many devices send it', async () => {
    vi.resetModules();
    const { deviceInfoHeader: fresh } = await import('../../src/device/deviceInfo.js');
    const texts = ['platform=Windows; mobile=false', 'é', 'cGxhdGZvcm09V2luZG93cw', base64('[]')];
    const warnings = warningsOf(() => {
      for (let times = 0; times < 3; times += 1) for (const text of texts) fresh(text, connection);
    });
    expect(warnings).toMatchObject(
      ['no Base64', 'no JSON object'].map((kind) => ({
        type: 'warning',
        code: 'device_info_malformed',
        message: expect.stringMatching(`: ${kind}\\.$`) as string,
        count: 1,
      })),
    );
  });

  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  it.each([
    ['text with a line break', 'e30=\r\nx-admin: 1'],
    ['text beyond Latin-1', '電視'],
    ['text too long', 'x'.repeat(8_193)],
    ['an object too large', { model: 'x'.repeat(6_144) }],
    ['a cycle', cycle],
    ['a BigInt', { model: 1n }],
    ['what JSON leaves out', { toJSON: () => undefined }],
    [
      'what throws',
      {
        toJSON: () => {
          throw new Error('hunter2');
        },
      },
    ],
    ['a list', []],
    ['null', null],
    ['a number', 7],
  ])('refuses %s', (_, info) => {
    const error = errorOf(() => deviceInfoHeader(info as DeviceInfo));
    expect(error).toMatchObject({ code: 'header_invalid' });
    expect(error.message).toMatch(/^X-Device-Info /);
    expect(error.message).not.toContain('hunter2');
    expect(error.cause).toBeUndefined();
  });

  it.each([0, -1, 1.5, 65_536, Number.NaN, '80'])('refuses the port %s', (port) => {
    expect(
      errorOf(() => deviceInfoHeader({}, { address: '203.0.113.7', port: port as number })),
    ).toMatchObject({
      code: 'header_invalid',
    });
  });

  it('takes exactly what fits', () => {
    const room = (8_192 / 4) * 3 - '{"model":""}'.length;
    expect(deviceInfoHeader({ model: 'x'.repeat(room) })).toHaveLength(8_192);
    expect(errorOf(() => deviceInfoHeader({ model: 'x'.repeat(room + 1) }))).toMatchObject({
      code: 'header_invalid',
    });
  });

  it('yields a sendable value or a PassError for anything', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.record({ address: fc.constant('203.0.113.7'), port: fc.integer() }),
        (info, at) => {
          try {
            expect(deviceInfoHeader(info as DeviceInfo, at)).toMatch(/^[\t\x20-\x7E\x80-\xFF]{0,8192}$/);
          } catch (error) {
            if (!isPassError(error)) throw error;
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('parseDeviceInfoHeader', () => {
  it.each([
    ['plain', (value: string) => value],
    ['without padding', (value: string) => value.replaceAll('=', '')],
    ['URL-safe', (value: string) => value.replaceAll('+', '-').replaceAll('/', '_')],
    ['with spaces around', (value: string) => ` ${value}\t`],
  ])('reads Base64 of an object: %s', (_, spell) => {
    const info = { model: 'ÿÿÿ>>>???', osName: 'tvOS' };
    expect(parseDeviceInfoHeader(spell(deviceInfoHeader(info)))).toEqual(info);
  });

  it.each([
    ['plain text', 'platform=Windows;mobile=false'],
    ['Base64 of plain text', 'cGxhdGZvcm09V2luZG93czttb2JpbGU9ZmFsc2U='],
    ['Base64 of broken JSON', Buffer.from('{"osName":"tvOS" "model":"x"}').toString('base64')],
    ['Base64 of a list', Buffer.from('[]').toString('base64')],
    ['Base64 of null', Buffer.from('null').toString('base64')],
    ['Base64 of Latin-1', Buffer.from('{"model":"é"}', 'latin1').toString('base64')],
    ['nothing', ''],
    ['too much', Buffer.from(JSON.stringify({ model: 'x'.repeat(8_192) })).toString('base64')],
  ])('gives %s back as it is', (_, value) => {
    expect(parseDeviceInfoHeader(value)).toBe(value);
  });

  it('leaves out what the device says of its connection', () => {
    const value = deviceInfoHeader({
      model: 'TV',
      connectionIp: '10.0.0.1',
      connectionPort: 1,
      connectionType: 'LAN',
    });
    expect(parseDeviceInfoHeader(value)).toEqual({ model: 'TV', connectionType: 'LAN' });
  });

  it('reads back what deviceInfoHeader wrote', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (info) => {
        expect(parseDeviceInfoHeader(deviceInfoHeader(info))).toEqual(JSON.parse(JSON.stringify(info)));
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (value) => {
        expect(['string', 'object']).toContain(typeof parseDeviceInfoHeader(value));
      }),
    );
  });
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function read(value: string): unknown {
  return JSON.parse(Buffer.from(value, 'base64').toString('utf8'));
}

function warningsOf(act: () => unknown): unknown[] {
  const events: unknown[] = [];
  const listener = (event: unknown): void => void events.push(event);
  subscribe(passEventChannel, listener);
  try {
    act();
  } finally {
    unsubscribe(passEventChannel, listener);
  }
  return events;
}
