import type { Handler } from '../../http/endpoint.js';
import { jsonReply } from '../../http/reply.js';
import { protectedHandler } from '../access/protectedHandler.js';
import { enhancedErrorReply } from '../errors/enhancedError.js';
import { findIntegration } from '../integration.js';
import { standingOf } from '../standing.js';
import { decideSession } from './decideSession.js';
import { describeAuthorize, describeSession } from './describeSession.js';
import { findOpenSession } from './findSession.js';
import { readSessionForm } from './sessionForm.js';

/**
 * Somebody else, such as a phone, says what is missing: the session stays that of the device which created it.
 * https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/sessions-apis/rest-api-v2-sessions-apis-resume-authentication-session
 */
export const resumeSession: Handler = protectedHandler({
  deviceHeaders: 'optional',
  mediaType: 'application/x-www-form-urlencoded',
  handle({ params, body, serviceProvider, now }, world) {
    const code = params['code'] ?? '';
    const found = findOpenSession(world.sessions, code, serviceProvider.id, now);
    if (found.kind === 'refused') return enhancedErrorReply(found.code);
    const form = readSessionForm(body);
    if (form.kind === 'invalid') return enhancedErrorReply(form.code);
    const { owner, subjects, parameters: known, sessionId } = found.session;
    const parameters = { ...known, ...form.parameters };
    const { mvpd } = parameters;
    const integration =
      mvpd === undefined ? undefined : findIntegration(world.scenario, serviceProvider, mvpd);
    if (integration?.kind === 'refused') return enhancedErrorReply(integration.code);
    const asker = { owner, subjects, partnerMvpd: undefined, temporaryIdentity: undefined, now };
    const standing = integration === undefined ? undefined : standingOf(asker, integration.mvpd, world);
    const verdict = decideSession('resumed', parameters, standing);
    world.sessions.supply(code, form.parameters);
    return jsonReply(
      200,
      verdict.actionName === 'authorize'
        ? describeAuthorize(verdict.reasonType, {
            serviceProvider: serviceProvider.id,
            mvpd: mvpd ?? '',
            sessionId,
          })
        : describeSession(verdict, { ...found.session, parameters }),
    );
  },
});
