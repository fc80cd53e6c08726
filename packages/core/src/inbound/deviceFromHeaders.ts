import type { IncomingHttpHeaders } from 'node:http';
import type { Device } from '../device/Device.js';
import { parseDeviceIdentifierHeader } from '../device/identifier.js';

/**
 * Takes the device from the `AP-Device-Identifier` and `X-Device-Info` headers that the request carries; no identifier:
 * no device.
 *
 * **Only for servers behind something that has checked the caller**, such as a gateway that verifies a device token and
 * sets these headers itself. The headers are a claim: on a server that devices reach directly, anyone who learns or
 * guesses an identifier gets that device's profiles and media tokens. There, give the middleware a `device` function
 * that verifies a signed token.
 *
 * For Express, Koa, Nest and Fastify requests alike. It is the same function each time, so a Pass can be mounted with it
 * more than once.
 * @throws PassError `device_identifier_invalid` for a malformed `AP-Device-Identifier`, by the returned function
 *
 * @example
 * app.use(passMiddleware(pass, { device: deviceFromHeaders() }));
 */
export function deviceFromHeaders(): DeviceOfHeaders {
  return deviceOfHeaders;
}

type DeviceOfHeaders = (request: { readonly headers: IncomingHttpHeaders }) => Device | undefined;

const deviceOfHeaders: DeviceOfHeaders = ({ headers }) => {
  const identifier = textOf(headers['ap-device-identifier']);
  if (identifier === undefined) return undefined;
  return { identifier: parseDeviceIdentifierHeader(identifier), info: textOf(headers['x-device-info']) };
};

function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
