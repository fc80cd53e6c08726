import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device } from '../../src/device/Device.js';
import { dcrHeaders, deviceHeaders } from '../../src/device/deviceHeaders.js';
import { sendableUserAgent } from '../../src/device/userAgent.js';
import { isPassError } from '../../src/errors.js';

const device: Device = {
  identifier: 'living-room-tv-7f3c',
  info: { model: 'TV' },
  address: '::ffff:203.0.113.7',
  port: 53_124,
  userAgent: 'Roku/DVP-9.10',
};

const info = Buffer.from('{"model":"TV","connectionIp":"203.0.113.7","connectionPort":"53124"}').toString(
  'base64',
);

describe('deviceHeaders', () => {
  it('says whose, what and where the device is', () => {
    expect(deviceHeaders(device)).toEqual({
      'ap-device-identifier': 'fingerprint bGl2aW5nLXJvb20tdHYtN2YzYw==',
      'x-device-info': info,
      'x-forwarded-for': '203.0.113.7',
      'user-agent': 'Roku/DVP-9.10',
    });
  });

  it('says nothing of what is not known or not public', () => {
    const headers = { 'ap-device-identifier': 'fingerprint dHY=' };
    expect(deviceHeaders({ identifier: 'tv' })).toEqual(headers);
    expect(deviceHeaders({ identifier: 'tv', info: ' \t' })).toEqual(headers);
    expect(deviceHeaders({ identifier: 'tv', address: '10.0.0.1', port: 80, userAgent: ' ' })).toEqual(
      headers,
    );
    expect(deviceHeaders({ identifier: 'tv', info: {}, address: '10.0.0.1', port: 80 })).toEqual({
      ...headers,
      'x-device-info': 'e30=',
    });
  });

  it('yields nothing that breaks a header, or a PassError', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a\r\nb: c', '\0', 'ok'));
    const devices = fc.record(
      {
        identifier: fc.oneof(text, fc.uint8Array()),
        info: fc.oneof(text, fc.dictionary(text, fc.anything())),
        address: fc.oneof(text, fc.ipV4(), fc.ipV6()),
        port: fc.integer(),
        userAgent: text,
      },
      { requiredKeys: ['identifier'] },
    );
    let accepted = 0;
    fc.assert(
      fc.property(devices, (given) => {
        for (const build of [() => deviceHeaders(given), () => dcrHeaders(given)]) {
          try {
            for (const value of Object.values(build())) expect(value).toMatch(/^[\t\x20-\x7E\x80-\xFF]+$/);
            accepted += 1;
          } catch (error) {
            if (!isPassError(error)) throw error;
          }
        }
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });
});

describe('dcrHeaders', () => {
  it('never has the identifier', () => {
    expect(dcrHeaders(device)).toEqual({
      'x-device-info': info,
      'x-forwarded-for': '203.0.113.7',
      'user-agent': 'Roku/DVP-9.10',
    });
  });
});

describe('sendableUserAgent', () => {
  it.each([
    ['Mozilla/5.0 (SMART-TV; Linux)', 'Mozilla/5.0 (SMART-TV; Linux)'],
    [' Roku/DVP \r\n x-admin:\t1 ', 'Roku/DVP x-admin: 1'],
    ['Fernseher für É', 'Fernseher f?r ?'],
    ['a\0b', 'a?b'],
    ['x'.repeat(2_000), 'x'.repeat(1_024)],
    ['', undefined],
    [' \r\n', undefined],
    [undefined, undefined],
    [7, undefined],
  ])('makes %j fit', (given, sent) => {
    expect(sendableUserAgent(given as string)).toBe(sent);
  });
});
