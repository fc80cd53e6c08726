import { randomUUID } from 'node:crypto';

import type { Handler } from '../../http/endpoint.js';
import { jsonReply, type Reply } from '../../http/reply.js';
import type { Mvpd } from '../../scenario/scenario.js';
import type { SessionParameters } from '../../state/sessions.js';
import type { World } from '../../world.js';
import { ownerOf, protectedHandler, type ProtectedCall } from '../access/protectedHandler.js';
import { enhancedErrorReply } from '../errors/enhancedError.js';
import { headerOf } from '../headerOf.js';
import { judgeFramework } from '../identity/frameworkStatus.js';
import { findIntegration } from '../integration.js';
import { startSession } from '../sessions/createSession.js';
import { reasonToAuthorize } from '../sessions/decideSession.js';
import { describeAuthorize } from '../sessions/describeSession.js';
import { readSessionForm } from '../sessions/sessionForm.js';
import { readAsker, standingOf } from '../standing.js';
import { isPartner } from './isPartner.js';
import { attributesNames, partnerRequest } from './partnerSaml.js';

/**
 * A request for the partner's framework; or the basic flow, with the reason, where the partner cannot help.
 * https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/partner-single-sign-on-apis/rest-api-v2-partner-single-sign-on-apis-retrieve-partner-authentication-request
 */
export const partnerSession: Handler = protectedHandler({
  deviceHeaders: 'required',
  mediaType: 'application/x-www-form-urlencoded',
  handle(call, world) {
    const { params, headers, serviceProvider, now } = call;
    if (!isPartner(params['partner'])) return enhancedErrorReply('invalid_parameter_partner');
    const form = readSessionForm(call.body);
    if (form.kind === 'invalid') return enhancedErrorReply(form.code);
    const parameters = withoutMvpd(form.parameters);
    const status = headerOf(headers, 'ap-partner-framework-status');
    const framework = judgeFramework(status, serviceProvider.mvpds, now);
    if (framework.kind === 'unusable') return startSession(call, world, parameters, 'pfs_fallback');
    const integration = findIntegration(world.scenario, serviceProvider, framework.mvpd.id);
    if (integration.kind === 'refused') return enhancedErrorReply(integration.code);
    const { mvpd } = integration;
    const known = { ...parameters, mvpd: mvpd.id };
    if (mvpd.enablePlatformServices !== true || mvpd.boardingStatus !== 'SUPPORTED')
      return startSession(call, world, known, 'configuration_fallback');
    if (parameters.domainName === undefined || parameters.redirectUrl === undefined)
      return startSession(call, world, known, 'missing_parameters_fallback');
    return askPartner(call, world, mvpd);
  },
});

/** The partner says which MVPD it is, not the app. */
function withoutMvpd({ domainName, redirectUrl }: SessionParameters): SessionParameters {
  return {
    ...(domainName === undefined ? {} : { domainName }),
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
  };
}

function askPartner(call: ProtectedCall, world: World, mvpd: Mvpd): Reply {
  const { params, serviceProvider } = call;
  const standing = standingOf(readAsker(call, ownerOf(call), serviceProvider), mvpd, world);
  const reasonType = reasonToAuthorize(standing);
  if (reasonType !== undefined)
    return jsonReply(
      200,
      describeAuthorize(reasonType, { serviceProvider: serviceProvider.id, mvpd: mvpd.id }),
    );
  return jsonReply(200, {
    actionName: 'partner_profile',
    actionType: 'direct',
    reasonType: 'none',
    url: `/api/v2/${encodeURIComponent(serviceProvider.id)}/profiles/sso/${params['partner'] ?? ''}`,
    sessionId: randomUUID(),
    mvpd: mvpd.id,
    serviceProvider: serviceProvider.id,
    authenticationRequest: {
      type: 'saml',
      request: partnerRequest(mvpd.id, serviceProvider.id),
      attributesNames,
    },
  });
}
