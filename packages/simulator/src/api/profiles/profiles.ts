import type { Handler } from '../../http/endpoint.js';
import { jsonReply } from '../../http/reply.js';
import { ownerOf, protectedHandler } from '../access/protectedHandler.js';
import { readAsker, usableProfiles } from '../standing.js';
import { describeProfiles } from './describeProfiles.js';

/**
 * Sign-ins only: temporary and degraded access show when their MVPD is asked for.
 * https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/profiles-apis/rest-api-v2-profiles-apis-retrieve-profiles
 */
export const profiles: Handler = protectedHandler({
  deviceHeaders: 'required',
  handle(call, world) {
    const { serviceProvider } = call;
    const asker = readAsker(call, ownerOf(call), serviceProvider);
    return jsonReply(200, describeProfiles(usableProfiles(asker, world), serviceProvider, world));
  },
});
