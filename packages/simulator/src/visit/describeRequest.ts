import type { IncomingMessage } from 'node:http';

import { decodeDeviceIdentifier } from '../ground/deviceIdentifier.js';
import { decodeDeviceInfo } from '../api/device/deviceInfo.js';
import { fingerprint } from '../crypto/fingerprint.js';
import type { LedgerEntry } from '../ledger/ledger.js';
import { redactPath } from '../ledger/redactPath.js';
import { firstForwarded } from '../throttle/throttleKey.js';

export interface RequestFacts {
  readonly forwardedForChain: string | undefined;
  readonly forwardedFor: string | undefined;
  readonly device: string | undefined;
  readonly accessToken: string | undefined;
  readonly peer: string | undefined;
}

export function readFacts(request: IncomingMessage): RequestFacts {
  const chain = singleHeader(request, 'x-forwarded-for');
  return {
    forwardedForChain: chain,
    forwardedFor: firstForwarded(chain),
    device: decodeDeviceIdentifier(singleHeader(request, 'ap-device-identifier')),
    accessToken: /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1],
    peer: request.socket.remoteAddress,
  };
}

/** What the ledger says of a request on its arrival. */
export function describeRequest(
  request: IncomingMessage,
  url: URL,
  facts: RequestFacts,
): Omit<LedgerEntry, 'sequence' | 'at' | 'endpoint' | 'status' | 'throttled'> {
  const { accessToken, device, forwardedFor, forwardedForChain, peer } = facts;
  const deviceInfo = decodeDeviceInfo(singleHeader(request, 'x-device-info'));
  return {
    method: request.method ?? '',
    path: redactPath(url.pathname, url.searchParams),
    ...optional('device', device),
    ...optional('forwardedFor', forwardedFor),
    ...optional(
      'forwardedForChain',
      forwardedForChain?.includes(',') === true ? forwardedForChain : undefined,
    ),
    ...optional('peer', peer),
    ...optional('userAgent', request.headers['user-agent']),
    ...optional('accept', request.headers.accept),
    ...optional('contentType', request.headers['content-type']),
    ...optional('deviceInfo', deviceInfo),
    ...optional('presentedToken', accessToken === undefined ? undefined : fingerprint(accessToken)),
    headerNames: request.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()),
  };
}

function singleHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** For `exactOptionalPropertyTypes`: a member is there or it is not. */
export function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [N in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value };
}
