import type { PassContext } from '../Pass.js';
import { forwardableAddress } from './clientAddress.js';
import type { Device } from './Device.js';
import { deviceInfoHeader } from './deviceInfo.js';
import { headerValue } from './headerValue.js';
import { deviceIdentifierHeader } from './identifier.js';
import { sendableUserAgent } from './userAgent.js';

/**
 * The headers of a protected call for a device: whose it is, what it is, where it is; and those of the context.
 * Lower-case names. A call that Adobe documents with fewer headers passes a context with fewer members.
 * @throws PassError `device_identifier_invalid`, `client_address_invalid`, `header_invalid`
 */
export function deviceHeaders(device: Device, context?: PassContext): Record<string, string> {
  return {
    'ap-device-identifier': deviceIdentifierHeader(device.identifier),
    ...dcrHeaders(device),
    ...contextHeaders(context),
  };
}

/**
 * The device headers of `/o/client/*`. Never the identifier: registration does not take it, and throttling goes by the
 * address.
 * @throws PassError `client_address_invalid`, `header_invalid`
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

const longestContextHeader = 4_096;

/** The members of a context that are headers. */
export type ContextHeader = Exclude<keyof PassContext, 'serviceProvider' | 'signal'>;

const contextHeaderNames: Readonly<Record<ContextHeader, string>> = {
  subjectToken: 'Adobe-Subject-Token',
  rokuConnectToken: 'X-Roku-Reserved-Roku-Connect-Token',
  serviceToken: 'AD-Service-Token',
  partnerFrameworkStatus: 'AP-Partner-Framework-Status',
  tempPassIdentity: 'AP-TempPass-Identity',
  visitorIdentifier: 'AP-Visitor-Identifier',
};

const allContextHeaders = Object.keys(contextHeaderNames) as readonly ContextHeader[];

/**
 * The headers of a context, all of them or those of `members`: not every call takes every one. Lower-case names.
 * @throws PassError `header_invalid`
 */
export function contextHeaders(
  context: PassContext | undefined,
  members: readonly ContextHeader[] = allContextHeaders,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (context === undefined) return headers;
  for (const member of members) {
    const value = context[member];
    if (value === undefined) continue;
    const name = contextHeaderNames[member];
    headers[name.toLowerCase()] = headerValue(name, value, longestContextHeader);
  }
  return headers;
}
