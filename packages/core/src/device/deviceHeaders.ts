import { forwardableAddress } from './clientAddress.js';
import type { Device } from './Device.js';
import { deviceInfoHeader } from './deviceInfo.js';
import { deviceIdentifierHeader } from './identifier.js';
import { sendableUserAgent } from './userAgent.js';

/**
 * The headers of a protected call for a device: whose it is, what it is, where it is. Lower-case names.
 * @throws PassError `device_identifier_invalid`, `header_invalid`
 */
export function deviceHeaders(device: Device): Record<string, string> {
  return {
    'ap-device-identifier': deviceIdentifierHeader(device.identifier),
    ...dcrHeaders(device),
  };
}

/**
 * The device headers of `/o/client/*`. Never the identifier: registration does not take it, and throttling goes by the
 * address.
 * @throws PassError `header_invalid`
 */
export function dcrHeaders(device: Device): Record<string, string> {
  const { info, port } = device;
  const address = forwardableAddress(device.address);
  // Text that is blank says nothing, and Adobe Pass refuses the header when it is empty.
  const deviceInfo = info === undefined ? '' : deviceInfoHeader(info, { address, port });
  const userAgent = sendableUserAgent(device.userAgent);
  return {
    ...(deviceInfo === '' ? undefined : { 'x-device-info': deviceInfo }),
    ...(address === undefined ? undefined : { 'x-forwarded-for': address }),
    ...(userAgent === undefined ? undefined : { 'user-agent': userAgent }),
  };
}
