import { isJsonObject } from '../../http/parseJson.js';
import type { ParsedResponse } from '../../http/parseProtectedResponse.js';
import { compact, isTrue, objectIn, textIn } from '../answers/fields.js';
import type { CallOptions } from '../CallOptions.js';
import type { ProtectedCall } from '../callProtected.js';
import type { ClientCalls } from '../ClientCalls.js';
import { resourcePath } from '../resourcePath.js';
import { responseInvalid } from '../responseInvalid.js';
import type { ConfigurationCache } from './ConfigurationCache.js';
import { deepFreeze } from './deepFreeze.js';
import { platformOf } from './platform.js';
import type { Configuration, Mvpd } from './types.js';

const name = 'GET configuration';

/** `client.configuration()`: the list that this process keeps for the platform, or a new one. */
export async function retrieveConfiguration(
  client: ClientCalls,
  kept: ConfigurationCache,
  options: CallOptions | undefined,
): Promise<Configuration> {
  return await client.within(options, async (deadline) => {
    const { serviceProvider } = client;
    const { 'x-forwarded-for': address, 'user-agent': userAgent } = client.headers([]);
    const platform = platformOf(client.requireDevice(), userAgent);
    const call: ProtectedCall = {
      endpoint: 'configuration',
      method: 'GET',
      // Its query parameter `profile` is undocumented but for the name, and not sent.
      path: resourcePath(client, 'configuration'),
      // Who asks is not said: the answer is for all devices of the platform. Its address is, as Adobe Pass throttles by it.
      headers: compact({
        'x-device-info': platform.deviceInfo,
        'user-agent': userAgent,
        'x-forwarded-for': address,
      }),
    };
    const retrieve = async (onHeldUp: () => void): Promise<Configuration> =>
      await client.outliving(async (ownDeadline) =>
        processConfigurationResponse(serviceProvider, await client.call({ ...call, onHeldUp }, ownDeadline)),
      );
    const asking = { signal: deadline.signal, isFree: () => client.isFree(), retrieve };
    const key = `${serviceProvider}\n${platform.key}`;
    return await deadline.during(kept.get(key, client.key(), asking));
  });
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
  const requestor = objectIn(body['requestor']);
  const mvpds = requestor['mvpds'] ?? body['mvpds'] ?? [];
  if (!Array.isArray(mvpds)) throw responseInvalid(name, status, 'has mvpds that are no list');
  const id = textIn(requestor['id']) ?? serviceProvider;
  const { domains } = requestor;
  // Many requests share one answer: none of them may change it for the others.
  return deepFreeze({
    serviceProvider: {
      id,
      name: textIn(requestor['name']) ?? id,
      domains: Array.isArray(domains) ? domains.flatMap(readDomain) : [],
    },
    mvpds: mvpds.flatMap(readMvpd),
    raw: body,
  });
}

function readDomain(raw: unknown): Configuration['serviceProvider']['domains'] {
  const { name: domain, mvpdInitiated } = objectIn(raw);
  const known = textIn(domain);
  return known === undefined ? [] : [{ name: known, mvpdInitiated: isTrue(mvpdInitiated) }];
}

function readMvpd(raw: unknown): readonly Mvpd[] {
  if (!isJsonObject(raw)) return [];
  const id = textIn(raw['id']);
  if (id === undefined) return [];
  const logoUrl = textIn(raw['logoUrl']);
  return [
    {
      id,
      displayName: textIn(raw['displayName']) ?? id,
      // It ends up in a page.
      ...(logoUrl !== undefined && /^https?:\/\//i.test(logoUrl) ? { logoUrl } : {}),
      isTempPass: isTrue(raw['isTempPass']),
      isProxy: isTrue(raw['isProxy']),
      platform: {
        isEnabled: isTrue(raw['enablePlatformServices']),
        isInPicker: isTrue(raw['displayInPlatformPicker']),
        permissionsEnforced: isTrue(raw['enforcePlatformPermissions']),
        ...compact({
          boardingStatus: textIn(raw['boardingStatus']),
          mappingId: textIn(raw['platformMappingId']),
        }),
      },
      raw,
    },
  ];
}
