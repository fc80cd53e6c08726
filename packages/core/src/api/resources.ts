import type { ClientCalls } from './ClientCalls.js';
import { Profiles } from './profiles/profiles.js';
import type { ProfilesResource } from './profiles/types.js';

/** The members of a client that have methods of their own, by their names there. */
export interface Resources {
  readonly profiles: ProfilesResource;
}

/** Made together, when a client is first asked for one of them: most clients never are. */
export function createResources(client: ClientCalls): Resources {
  return { profiles: new Profiles(client) };
}
