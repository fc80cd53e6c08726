import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device } from '../../src/device/Device.js';
import { contextHeaders, dcrHeaders, deviceHeaders } from '../../src/device/deviceHeaders.js';
import { sendableUserAgent } from '../../src/device/userAgent.js';
import { isPassError } from '../../src/errors.js';
import type { PassContext } from '../../src/Pass.js';
import { errorOf } from '../errorOf.js';

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

const context: PassContext = {
  serviceProvider: 'OTHER',
  subjectToken: 'eyJ.e30.c2ln',
  rokuConnectToken: 'roku',
  serviceToken: 'service',
  partnerFrameworkStatus: 'e30=',
  tempPassIdentity: 'e30=',
  visitorIdentifier: '38400000123456789012345678901234567890',
  signal: new AbortController().signal,
};

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

  it('has the headers of the context', () => {
    expect(deviceHeaders(device, context)).toEqual({ ...deviceHeaders(device), ...contextHeaders(context) });
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
    const contexts = fc.record(
      { subjectToken: text, rokuConnectToken: text, serviceToken: text, visitorIdentifier: text },
      { requiredKeys: [] },
    );
    let accepted = 0;
    fc.assert(
      fc.property(devices, contexts, (given, more) => {
        for (const build of [
          () => deviceHeaders(given, more),
          () => dcrHeaders(given),
          () => contextHeaders(more),
        ]) {
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

describe('contextHeaders', () => {
  it('has a header for every member but the service provider and the signal', () => {
    expect(contextHeaders(context)).toEqual({
      'adobe-subject-token': 'eyJ.e30.c2ln',
      'x-roku-reserved-roku-connect-token': 'roku',
      'ad-service-token': 'service',
      'ap-partner-framework-status': 'e30=',
      'ap-temppass-identity': 'e30=',
      'ap-visitor-identifier': '38400000123456789012345678901234567890',
    });
  });

  it('has none without a context, and only those that a call takes', () => {
    expect(contextHeaders(undefined)).toEqual({});
    expect(contextHeaders({ subjectToken: undefined })).toEqual({});
    expect(contextHeaders(context, ['visitorIdentifier'])).toEqual({
      'ap-visitor-identifier': context.visitorIdentifier,
    });
  });

  it.each([
    ['a line break', 'hunter2\r\nx: 1'],
    ['a space', 'hunter2 x'],
    ['text beyond ASCII', 'hunter2é'],
    ['nothing', ''],
    ['too much', 'hunter2'.padEnd(4_097, 'x')],
    ['no text', 7],
  ])('refuses %s, naming the header and never the value', (_, value) => {
    const error = errorOf(() => contextHeaders({ subjectToken: value as string }));
    expect(error).toMatchObject({ code: 'header_invalid', status: 400 });
    expect(error.message).toMatch(/^Adobe-Subject-Token must /);
    expect(error.message).not.toContain('hunter2');
  });

  it('takes a value of 4 096 characters', () => {
    expect(contextHeaders({ serviceToken: 'x'.repeat(4_096) })).toEqual({
      'ad-service-token': 'x'.repeat(4_096),
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
