import type { Handler } from '../../http/endpoint.js';
import { jsonReply } from '../../http/reply.js';
import { isOpen } from '../../state/sessions.js';
import { protectedHandler } from '../access/protectedHandler.js';
import { enhancedErrorReply } from '../errors/enhancedError.js';
import { headerOf } from '../headerOf.js';
import { findIntegration } from '../integration.js';
import { findSession } from '../sessions/findSession.js';
import { standingOf } from '../standing.js';
import { describeProfiles } from './describeProfiles.js';
import { profileOfStanding } from './profileOfStanding.js';

/**
 * What is polled: an empty map until the viewer has signed in. Whoever has the code may ask, not only the pair that made
 * it, and the code of a completed session is good for as long as its profile.
 * https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/profiles-apis/rest-api-v2-profiles-apis-retrieve-profile-for-specific-code
 */
export const profileForCode: Handler = protectedHandler({
  deviceHeaders: 'optional',
  handle({ params, headers, serviceProvider, now }, world) {
    const found = findSession(world.sessions, params['code'] ?? '', serviceProvider.id);
    if (found.kind === 'refused') return enhancedErrorReply(found.code);
    const { session } = found;
    if (session.state !== 'completed' && !isOpen(session, now))
      return enhancedErrorReply('invalid_authentication_session');
    const { mvpd: id } = session.parameters;
    if (id === undefined) return jsonReply(200, { profiles: {} });
    const integration = findIntegration(world.scenario, serviceProvider, id);
    if (integration.kind === 'refused') return enhancedErrorReply(integration.code);
    const asker = {
      owner: session.owner,
      subjects: session.subjects,
      partnerMvpd: undefined,
      temporaryIdentity: headerOf(headers, 'ap-temppass-identity'),
      now,
    };
    const profile = profileOfStanding(standingOf(asker, integration.mvpd, world), integration.mvpd, asker);
    return profile.kind === 'refused'
      ? enhancedErrorReply(profile.code)
      : jsonReply(200, describeProfiles(profile.profiles, serviceProvider, world));
  },
});
