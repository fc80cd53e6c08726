import { deviceInfoHeader, deviceKind, type DeviceKind } from '../../device/deviceInfo.js';
import { isJsonObject } from '../../http/parseJson.js';
import type { ParsedResponse } from '../../http/parseProtectedResponse.js';
import { pathSegment } from '../../http/upstreamPath.js';
import type { CallOptions } from '../CallOptions.js';
import type { ProtectedCall } from '../callProtected.js';
import type { ClientCalls } from '../ClientCalls.js';
import { responseInvalid } from '../responseInvalid.js';
import type { ConfigurationCache } from './ConfigurationCache.js';
import { deepFreeze } from './deepFreeze.js';
import type { Configuration, Mvpd } from './types.js';

const name = 'GET configuration';

/** `client.configuration()`: the list that this process keeps for the kind of device, or a new one. */
export async function retrieveConfiguration(
  client: ClientCalls,
  kept: ConfigurationCache,
  options: CallOptions | undefined,
): Promise<Configuration> {
  const { serviceProvider } = client;
  const kind = deviceKind(client.requireDevice().info);
  const retrieve = async (): Promise<Configuration> =>
    await client.outliving(async (ownDeadline) => {
      const call = configurationRequest(serviceProvider, kind, client.headers([])['x-forwarded-for']);
      return processConfigurationResponse(serviceProvider, await client.call(call, ownDeadline));
    });
  return await client.within(
    options,
    async (deadline) =>
      await deadline.during(kept.get(configurationKey(serviceProvider, kind), retrieve, deadline.signal)),
  );
}

/** Under which the answer is kept: all that it depends on, within one environment. */
function configurationKey(serviceProvider: string, { primaryHardwareType, osName }: DeviceKind): string {
  return JSON.stringify([serviceProvider, primaryHardwareType ?? null, osName ?? null]);
}

/**
 * Says of the device only what the answer depends on, since all devices of that kind share it; its address, because
 * Adobe throttles by it. The query parameter `profile` is undocumented but for its name, and not sent.
 */
function configurationRequest(
  serviceProvider: string,
  kind: DeviceKind,
  address: string | undefined,
): ProtectedCall {
  const isKnown = kind.primaryHardwareType !== undefined || kind.osName !== undefined;
  return {
    endpoint: 'configuration',
    method: 'GET',
    path: `/api/v2/${pathSegment(serviceProvider, 'serviceProvider')}/configuration`,
    headers: {
      ...(isKnown ? { 'x-device-info': deviceInfoHeader({ ...kind }) } : {}),
      ...(address === undefined ? {} : { 'x-forwarded-for': address }),
    },
  };
}

/**
 * Adobe's table has `mvpds` beside `requestor`, its sample inside; both are read. An entry that cannot be picked,
 * because it has no id, is left out.
 * @throws PassError `upstream_response_invalid`
 */
export function processConfigurationResponse(
  serviceProvider: string,
  { status, body }: ParsedResponse,
): Configuration {
  if (!isJsonObject(body)) throw responseInvalid(name, status, 'is no JSON object');
  const requestor = isJsonObject(body['requestor']) ? body['requestor'] : {};
  const mvpds = requestor['mvpds'] ?? body['mvpds'] ?? [];
  if (!Array.isArray(mvpds)) throw responseInvalid(name, status, 'has mvpds that are no list');
  const id = textOf(requestor['id']) ?? serviceProvider;
  // Many requests share one answer: none of them may change it for the others.
  return deepFreeze({
    serviceProvider: { id, name: textOf(requestor['name']) ?? id },
    mvpds: mvpds.map(readMvpd).filter((mvpd) => mvpd !== undefined),
    raw: body,
  });
}

function readMvpd(raw: unknown): Mvpd | undefined {
  if (!isJsonObject(raw)) return undefined;
  const id = textOf(raw['id']);
  if (id === undefined) return undefined;
  const logoUrl = textOf(raw['logoUrl']);
  return {
    id,
    displayName: textOf(raw['displayName']) ?? id,
    ...(logoUrl === undefined ? {} : { logoUrl }),
    isTempPass: isTrue(raw['isTempPass']),
    isProxy: isTrue(raw['isProxy']),
    raw,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Absent means false. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
