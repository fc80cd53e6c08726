import type { ApiRuntime } from './ApiRuntime.js';
import type { ClientCalls } from './ClientCalls.js';
import { Decisions } from './decisions/decisions.js';
import type { DecisionsResource } from './decisions/types.js';
import { PartnerSso } from './partnerSso/partnerSso.js';
import type { PartnerSsoResource } from './partnerSso/types.js';
import { Profiles } from './profiles/profiles.js';
import type { ProfilesResource } from './profiles/types.js';
import { Sessions } from './sessions/sessions.js';
import type { SessionsResource } from './sessions/types.js';

/** The members of a client that have methods of their own, by their names there. */
export interface Resources {
  readonly sessions: SessionsResource;
  readonly profiles: ProfilesResource;
  readonly decisions: DecisionsResource;
  readonly partnerSso: PartnerSsoResource;
}

/** Made together, when a client is first asked for one of them: most clients never are. */
export function createResources(client: ClientCalls, runtime: ApiRuntime): Resources {
  return {
    sessions: new Sessions(client, runtime),
    profiles: new Profiles(client, runtime),
    decisions: new Decisions(client, runtime),
    partnerSso: new PartnerSso(client, runtime),
  };
}
