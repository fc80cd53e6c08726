import type { Handler } from '../http/endpoint.js';
import { jsonReply } from '../http/reply.js';
import type { Mvpd, ShownMvpd } from '../scenario/scenario.js';
import { protectedHandler } from './access/protectedHandler.js';
import { isOneOf, recognisePlatform, type Platform } from './device/recognisePlatform.js';
import { headerOf } from './headerOf.js';

/** https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/configuration-apis/rest-api-v2-configuration-apis-retrieve-configuration-for-specific-service-provider */
export const configuration: Handler = protectedHandler({
  deviceHeaders: 'optional',
  handle({ headers, serviceProvider }) {
    const platform = recognisePlatform({
      deviceInfo: headerOf(headers, 'x-device-info'),
      userAgent: headers['user-agent'],
    });
    return jsonReply(200, {
      // The page's sample has the first three, Adobe's OpenAPI file the next three.
      device: platform.hardwareType === 'Unknown' ? 'unknown' : platform.hardwareType,
      clientType: 'html5',
      os: platform.osName,
      platform: platform.name,
      platformCategory: platform.category,
      sdkType: 'html5',
      requestor: {
        id: serviceProvider.id,
        name: serviceProvider.name,
        domains: serviceProvider.domains.map((name) => ({ name, mvpdInitiated: false })),
        mvpds: serviceProvider.mvpds
          .filter((mvpd) => isListed(mvpd, platform))
          .map((mvpd) => describeMvpd(mvpd, platform)),
      },
    });
  },
});

function isListed({ active, platforms }: Mvpd, platform: Platform): boolean {
  return active && (platforms === undefined || isOneOf(platform, platforms));
}

/** As in Adobe's sample, flags that are false are left out. */
function describeMvpd(mvpd: Mvpd, platform: Platform): Record<string, unknown> {
  const shown = Object.entries(mvpd.onPlatform ?? {})
    .filter(([name]) => isOneOf(platform, [name]))
    .reduce<ShownMvpd>((changed, [, changes]) => ({ ...changed, ...changes }), mvpd);
  const described = {
    id: mvpd.id,
    displayName: shown.displayName,
    logoUrl: shown.logoUrl,
    isTempPass: mvpd.isTempPass,
    isProxy: mvpd.isProxy,
    authPerAggregator: shown.authPerAggregator,
    authPerBrowserSession: shown.authPerBrowserSession,
    passiveAuthnEnabled: shown.passiveAuthnEnabled,
    boardingStatus: shown.boardingStatus,
    platformMappingId: shown.platformMappingId,
    enablePlatformServices: shown.enablePlatformServices,
    displayInPlatformPicker: shown.displayInPlatformPicker,
    enforcePlatformPermissions: shown.enforcePlatformPermissions,
  };
  return Object.fromEntries(
    Object.entries(described).filter(([, value]) => value !== undefined && value !== false),
  );
}
