import { isPassError } from '../../errors.js';
import type { Deadline } from '../../time/Deadline.js';
import type { ApiRuntime } from '../ApiRuntime.js';
import { checkParameters, plainCode, segment } from '../answers/parameters.js';
import type { CallOptions } from '../CallOptions.js';
import type { ProtectedCall } from '../callProtected.js';
import type { ClientCalls } from '../ClientCalls.js';
import type { ContextHeader } from '../contextHeaders.js';
import { resourcePath } from '../resourcePath.js';
import { ofCode } from '../sessions/outdated.js';
import { readProfiles } from './readProfiles.js';
import type { Profile, ProfilesResource, WaitOutcome, WaitParameters } from './types.js';
import { waitForProfile } from './waitForProfile.js';

/** Not the identity for temporary access: only the calls that name an MVPD take it. */
const contextOfAll: readonly ContextHeader[] = [
  'subjectToken',
  'rokuConnectToken',
  'serviceToken',
  'partnerFrameworkStatus',
  'visitorIdentifier',
];
const contextOfMvpd: readonly ContextHeader[] = [...contextOfAll, 'tempPassIdentity'];
const contextOfCode: readonly ContextHeader[] = ['tempPassIdentity', 'visitorIdentifier'];

/** What these calls need of the runtime. */
export type ProfilesRuntime = Pick<ApiRuntime, 'signIns' | 'tokens' | 'clock' | 'timing' | 'closing'>;

export class Profiles implements ProfilesResource {
  readonly #client: ClientCalls;
  readonly #runtime: ProfilesRuntime;

  constructor(client: ClientCalls, runtime: ProfilesRuntime) {
    this.#client = client;
    this.#runtime = runtime;
  }

  async all(options?: CallOptions): Promise<readonly Profile[]> {
    return await this.#client.within(options, async (deadline) => {
      const profiles = await this.#get('profiles.all', 'profiles', contextOfAll, deadline);
      this.#noteSignOut(profiles);
      return profiles;
    });
  }

  async forMvpd(parameters: { readonly mvpd: string }, options?: CallOptions): Promise<Profile | undefined> {
    const name = 'profiles.forMvpd';
    return await this.#client.within(options, async (deadline) => {
      checkParameters(name, parameters);
      const { mvpd } = parameters;
      const profiles = await this.#get(name, `profiles/${segment(mvpd, 'mvpd')}`, contextOfMvpd, deadline);
      return profiles.find((profile) => profile.mvpd === mvpd) ?? onlyOne(profiles);
    });
  }

  async forCode(parameters: { readonly code: string }, options?: CallOptions): Promise<Profile | undefined> {
    const name = 'profiles.forCode';
    return await this.#client.within(options, async (deadline) => {
      checkParameters(name, parameters);
      const code = plainCode(parameters.code);
      const resource = `profiles/code/${segment(code, 'code')}`;
      const profiles = this.#get(name, resource, contextOfCode, deadline);
      const [profile] = await ofCode(this.#client, this.#runtime, { name, code }, profiles);
      return profile;
    });
  }

  async waitFor(parameters: WaitParameters, options?: CallOptions): Promise<WaitOutcome> {
    const code = this.#client.telling(() => {
      checkParameters('profiles.waitFor', parameters);
      return plainCode(parameters.code);
    });
    const ask = async (signal: AbortSignal): Promise<Profile | undefined> =>
      await this.forCode({ code }, { signal });
    return await waitForProfile(this.#client, this.#runtime, { ...parameters, code, ask }, options);
  }

  /** After a sign-out, a list without a sign-in says that the pair has none any more. */
  #noteSignOut(profiles: readonly Profile[]): void {
    const { signIns, tokens } = this.#runtime;
    const client = this.#client;
    if (!signIns.takeSignedOut(client.whose()) || profiles.some(({ type }) => type === 'regular')) return;
    const key = client.key();
    const token = tokens.peek(key, client.requireDevice());
    if (token !== undefined) tokens.sawSignOut(key, token);
  }

  async #get(
    name: string,
    resource: string,
    context: readonly ContextHeader[],
    deadline: Deadline,
  ): Promise<readonly Profile[]> {
    const client = this.#client;
    const call: ProtectedCall = {
      endpoint: 'profiles',
      method: 'GET',
      path: resourcePath(client, resource),
      headers: client.headers(context),
      signIn: 'shows',
    };
    try {
      return readProfiles(name, await client.call(call, deadline));
    } catch (error) {
      // Adobe Pass says it in two ways: as no profile, or as this refusal.
      if (isPassError(error) && error.adobe?.code === 'authenticated_profile_missing') return [];
      throw error;
    }
  }
}

/** The key need not be the id that was asked for, as samples of proxied and degraded providers show. */
function onlyOne(profiles: readonly Profile[]): Profile | undefined {
  return profiles.length === 1 ? profiles[0] : undefined;
}
