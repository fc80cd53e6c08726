import { describe, expect, it } from 'vitest';
import { deviceFromHeaders } from '../../src/inbound/deviceFromHeaders.js';
import { RequestDevice } from '../../src/inbound/RequestDevice.js';
import { errorOf } from '../errorOf.js';
import { inboundRequest } from './inboundRequest.js';

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

  it('lets the connection complete the description when something is sent', () => {
    const device = deviceFromHeaders()({
      headers: { 'ap-device-identifier': identifier, 'x-device-info': info },
    });
    const completed = new RequestDevice(device ?? { identifier: '' }, inboundRequest());
    expect(completed.info).toEqual({ model: 'A', osName: 'webOS' });
  });

  it('forwards a description that cannot be read as it is', () => {
    const device = deviceFromHeaders()({
      headers: { 'ap-device-identifier': identifier, 'x-device-info': 'platform=Windows' },
    });
    expect(new RequestDevice(device ?? { identifier: '' }, inboundRequest()).info).toBe('platform=Windows');
  });
});
