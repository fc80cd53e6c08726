import { jsonReply, type Reply } from '../../http/reply.js';
import type { Handler } from '../../http/endpoint.js';
import type { World } from '../../world.js';
import { ownerOf, protectedHandler, type ProtectedCall } from '../access/protectedHandler.js';
import { enhancedErrorReply } from '../errors/enhancedError.js';
import { headerOf } from '../headerOf.js';
import { findIntegration } from '../integration.js';
import { readAsker, standingOf } from '../standing.js';
import { decideSession } from './decideSession.js';
import { describeAuthorize, describeSession } from './describeSession.js';
import { readSessionForm } from './sessionForm.js';

/** https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/sessions-apis/rest-api-v2-sessions-apis-create-authentication-session */
export const createSession: Handler = protectedHandler({
  deviceHeaders: 'required',
  mediaType: 'application/x-www-form-urlencoded',
  handle(call, world) {
    const form = readSessionForm(call.body);
    if (form.kind === 'invalid') return enhancedErrorReply(form.code);
    return startSession(call, world, form.parameters);
  },
});

/** The basic flow, also where single sign-on with a partner has to fall back to it. */
export function startSession(
  call: ProtectedCall,
  world: World,
  parameters: Parameters<typeof decideSession>[1],
  reasonType?: string,
): Reply {
  const { serviceProvider, now } = call;
  const asker = readAsker(call, ownerOf(call), serviceProvider);
  const { mvpd } = parameters;
  const integration = mvpd === undefined ? undefined : findIntegration(world.scenario, serviceProvider, mvpd);
  if (integration?.kind === 'refused') return enhancedErrorReply(integration.code);
  const standing = integration === undefined ? undefined : standingOf(asker, integration.mvpd, world);
  const verdict = decideSession('first', parameters, standing);
  if (verdict.actionName === 'authorize')
    return jsonReply(
      200,
      describeAuthorize(verdict.reasonType, { serviceProvider: serviceProvider.id, mvpd: mvpd ?? '' }),
    );
  const session = world.sessions.create(
    {
      owner: asker.owner,
      parameters,
      subjects: asker.subjects,
      device: {
        deviceInfo: headerOf(call.headers, 'x-device-info'),
        userAgent: call.headers['user-agent'],
        address: call.forwardedFor ?? call.peer,
      },
    },
    now,
  );
  return jsonReply(200, describeSession(verdict, session, reasonType));
}
