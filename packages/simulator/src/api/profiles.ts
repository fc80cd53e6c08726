import type { Handler } from '../http/endpoint.js';
import { jsonReply } from '../http/reply.js';
import type { Profile } from '../state/profiles.js';
import { protectedHandler } from './protectedHandler.js';

/** https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/profiles-apis/rest-api-v2-profiles-apis-retrieve-profiles */
export const profiles: Handler = protectedHandler({
  deviceHeaders: 'required',
  handle({ client, device = '', serviceProvider, now }, world) {
    const valid = world.profiles.valid(
      { clientId: client.clientId, device, serviceProvider: serviceProvider.id },
      now,
    );
    return jsonReply(200, {
      profiles: Object.fromEntries(valid.map((profile) => [profile.mvpd, describeProfile(profile)])),
    });
  },
});

function describeProfile({
  notBefore,
  notAfter,
  issuer,
  type,
  attributes,
}: Profile): Record<string, unknown> {
  return {
    notBefore,
    notAfter,
    issuer,
    type,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, { value, state: 'plain' }]),
    ),
  };
}
