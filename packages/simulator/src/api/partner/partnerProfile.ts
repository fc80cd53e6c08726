import type { Handler } from '../../http/endpoint.js';
import { jsonReply } from '../../http/reply.js';
import { signedInProfile } from '../../login/signedInProfile.js';
import { ownerOf, protectedHandler } from '../access/protectedHandler.js';
import { enhancedErrorReply } from '../errors/enhancedError.js';
import { headerOf } from '../headerOf.js';
import { judgeFramework } from '../identity/frameworkStatus.js';
import { findIntegration } from '../integration.js';
import { describeProfiles } from '../profiles/describeProfiles.js';
import { profileOfStanding } from '../profiles/profileOfStanding.js';
import { readAsker, standingOf } from '../standing.js';
import { isPartner } from './isPartner.js';
import { readPartnerResponse } from './partnerSaml.js';

/**
 * The sign-in that the partner's framework has brought about.
 * https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/partner-single-sign-on-apis/rest-api-v2-partner-single-sign-on-apis-create-and-retrieve-profile-using-partner-authentication-response
 */
export const partnerProfile: Handler = protectedHandler({
  deviceHeaders: 'required',
  mediaType: 'application/x-www-form-urlencoded',
  handle(call, world) {
    const { params, headers, serviceProvider, now } = call;
    if (!isPartner(params['partner'])) return enhancedErrorReply('invalid_parameter_partner');
    const status = headerOf(headers, 'ap-partner-framework-status');
    const framework = judgeFramework(status, serviceProvider.mvpds, now);
    if (framework.kind === 'unusable') return enhancedErrorReply(framework.code);
    const integration = findIntegration(world.scenario, serviceProvider, framework.mvpd.id);
    if (integration.kind === 'refused') return enhancedErrorReply(integration.code);
    const { mvpd } = integration;
    const answer = readPartnerResponse(call.body);
    if (answer === undefined) return enhancedErrorReply('invalid_parameter_saml_response');
    const isOfAnother = serviceProvider.mvpds.some(({ id }) => id === answer.issuer && id !== mvpd.id);
    if (isOfAnother) return enhancedErrorReply('invalid_header_pfs_provider_id_mismatch');

    const asker = readAsker(call, ownerOf(call), serviceProvider);
    const standing = standingOf(asker, mvpd, world);
    if (standing.kind === 'degraded') {
      const degraded = profileOfStanding(standing, mvpd, asker);
      if (degraded.kind === 'profiles')
        return jsonReply(200, describeProfiles(degraded.profiles, serviceProvider, world));
    }
    const viewer = mvpd.viewers.find(({ name }) => name === answer.viewer);
    const profile = {
      ...signedInProfile(mvpd, viewer, asker.owner.device, now),
      type: 'appleSSO' as const,
      issuer: 'Apple',
    };
    world.profiles.add(asker.owner, profile);
    return jsonReply(201, describeProfiles([profile], serviceProvider, world));
  },
});
