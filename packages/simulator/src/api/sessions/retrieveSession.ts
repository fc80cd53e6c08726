import type { Handler } from '../../http/endpoint.js';
import { jsonReply } from '../../http/reply.js';
import { protectedHandler } from '../access/protectedHandler.js';
import { describeDevice } from '../device/describeDevice.js';
import { enhancedErrorReply } from '../errors/enhancedError.js';
import { decideSession } from './decideSession.js';
import { findOpenSession } from './findSession.js';

/** https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/sessions-apis/rest-api-v2-sessions-apis-retrieve-authentication-session-information-using-code */
export const retrieveSession: Handler = protectedHandler({
  deviceHeaders: 'optional',
  handle({ params, serviceProvider, now }, world) {
    const found = findOpenSession(world.sessions, params['code'] ?? '', serviceProvider.id, now);
    if (found.kind === 'refused') return enhancedErrorReply(found.code);
    const { parameters, device, notBefore, notAfter } = found.session;
    const verdict = decideSession('first', parameters, undefined);
    return jsonReply(200, {
      existingParameters: { serviceProvider: serviceProvider.id, ...parameters },
      ...('missing' in verdict ? { missingParameters: verdict.missing } : {}),
      device: describeDevice(device),
      notBefore: String(notBefore),
      notAfter: String(notAfter),
    });
  },
});
