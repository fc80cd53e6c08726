import { describe, expect, it } from 'vitest';
import { deviceFromHeaders } from '../../src/inbound/deviceFromHeaders.js';
import { errorOf } from '../errorOf.js';

const identifier = 'fingerprint bGl2aW5nLXJvb20tdHYtN2YzYw==';
const info = Buffer.from(JSON.stringify({ model: 'A', osName: 'webOS' })).toString('base64');

describe('deviceFromHeaders', () => {
  it('reads the identifier and the description', () => {
    const device = deviceFromHeaders()({
      headers: { 'ap-device-identifier': identifier, 'x-device-info': info },
    });
    expect({ ...device }).toEqual({ identifier: 'living-room-tv-7f3c', info });
  });

  it('finds no device where there is no identifier', () => {
    expect(deviceFromHeaders()({ headers: { 'x-device-info': info } })).toBeUndefined();
  });

  it('refuses a malformed identifier, and does not quote it', () => {
    const error = errorOf(() =>
      deviceFromHeaders()({ headers: { 'ap-device-identifier': 'fingerprint ???' } }),
    );
    expect(error).toMatchObject({ code: 'device_identifier_invalid', status: 400 });
    expect(error.message).not.toContain('???');
  });

  it.each([
    ['spaces around', ' fingerprint bGl2aW5nLXJvb20tdHYtN2YzYw== '],
    ['two spaces in between', 'fingerprint  bGl2aW5nLXJvb20tdHYtN2YzYw=='],
    ['another case', 'Fingerprint bGl2aW5nLXJvb20tdHYtN2YzYw=='],
    ['no padding', 'fingerprint bGl2aW5nLXJvb20tdHYtN2YzYw'],
    ['bits left over', 'fingerprint bGl2aW5nLXJvb20tdHYtN2YzYx=='],
  ])('reads the same device from a header with %s', (_, header) => {
    const device = deviceFromHeaders()({ headers: { 'ap-device-identifier': header } });
    expect(device?.identifier).toBe('living-room-tv-7f3c');
  });

  it.each([
    ['a space inside', 'fingerprint bGl2aW5nLXJv b20tdHYtN2YzYw=='],
    ['padding inside', 'fingerprint bGl2aW5=LXJvb20tdHYtN2YzYw=='],
    ['nothing', 'fingerprint '],
    ['an endless identifier', `fingerprint ${'YWFh'.repeat(1_000)}`],
  ])('refuses %s', (_, header) => {
    const read = deviceFromHeaders();
    expect(errorOf(() => read({ headers: { 'ap-device-identifier': header } })).code).toBe(
      'device_identifier_invalid',
    );
  });
});
