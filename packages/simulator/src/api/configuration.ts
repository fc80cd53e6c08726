import type { Handler } from '../http/endpoint.js';
import { jsonReply } from '../http/reply.js';
import type { Mvpd } from '../scenario/scenario.js';
import { detectPlatform, type Platform } from './platform.js';
import { protectedHandler } from './protectedHandler.js';

/** https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/configuration-apis/rest-api-v2-configuration-apis-retrieve-configuration-for-specific-service-provider */
export const configuration: Handler = protectedHandler({
  deviceHeaders: 'optional',
  handle({ headers, serviceProvider }) {
    const info = headers['x-device-info'];
    const platform = detectPlatform({
      deviceInfo: typeof info === 'string' ? info : undefined,
      userAgent: headers['user-agent'],
    });
    return jsonReply(200, {
      // The page's sample has the first three, Adobe's OpenAPI file the next three.
      device: platform.hardwareType === 'Unknown' ? 'unknown' : platform.hardwareType,
      clientType: 'html5',
      os: platform.osName,
      platform: platform.osName,
      platformCategory: platform.hardwareType,
      sdkType: 'html5',
      requestor: {
        id: serviceProvider.id,
        name: serviceProvider.name,
        domains: serviceProvider.domains.map((name) => ({ name, mvpdInitiated: false })),
        mvpds: serviceProvider.mvpds.filter((mvpd) => isActiveOn(mvpd, platform)).map(describeMvpd),
      },
    });
  },
});

function isActiveOn({ platforms }: Mvpd, { hardwareType, osName }: Platform): boolean {
  return platforms === undefined || platforms.includes(hardwareType) || platforms.includes(osName);
}

function describeMvpd({
  platforms: _platforms,
  profileLifeSeconds: _life,
  ...shown
}: Mvpd): Record<string, unknown> {
  return {
    authPerAggregator: false,
    authPerBrowserSession: false,
    passiveAuthnEnabled: false,
    isTempPass: false,
    isProxy: false,
    ...shown,
  };
}
