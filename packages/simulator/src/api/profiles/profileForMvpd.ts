import type { Handler } from '../../http/endpoint.js';
import { jsonReply } from '../../http/reply.js';
import { ownerOf, protectedHandler } from '../access/protectedHandler.js';
import { enhancedErrorReply } from '../errors/enhancedError.js';
import { findIntegration } from '../integration.js';
import { readAsker, standingOf } from '../standing.js';
import { describeProfiles } from './describeProfiles.js';
import { profileOfStanding } from './profileOfStanding.js';

/** https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/profiles-apis/rest-api-v2-profiles-apis-retrieve-profile-for-specific-mvpd */
export const profileForMvpd: Handler = protectedHandler({
  deviceHeaders: 'required',
  handle(call, world) {
    const { params, serviceProvider } = call;
    const integration = findIntegration(world.scenario, serviceProvider, params['mvpd'] ?? '');
    if (integration.kind === 'refused') return enhancedErrorReply(integration.code);
    const { mvpd } = integration;
    const asker = readAsker(call, ownerOf(call), serviceProvider);
    const found = profileOfStanding(standingOf(asker, mvpd, world), mvpd, asker);
    return found.kind === 'refused'
      ? enhancedErrorReply(found.code)
      : jsonReply(200, describeProfiles(found.profiles, serviceProvider, world));
  },
});
