import { kindOf } from '../../described.js';
import type { ApiRuntime } from '../ApiRuntime.js';
import { formBody, formType } from '../answers/form.js';
import {
  checkParameters,
  optionalText,
  optionalUrl,
  parameterInvalid,
  segment,
} from '../answers/parameters.js';
import type { CallOptions } from '../CallOptions.js';
import type { ProtectedCall } from '../callProtected.js';
import type { ClientCalls } from '../ClientCalls.js';
import { contextHeaders, type ContextHeader } from '../contextHeaders.js';
import { readProfiles } from '../profiles/readProfiles.js';
import type { Profile } from '../profiles/types.js';
import { resourcePath } from '../resourcePath.js';
import { responseInvalid } from '../responseInvalid.js';
import { readSession } from '../sessions/readSession.js';
import { noteCode } from '../sessions/sessions.js';
import type { PartnerProfileSession, Session } from '../sessions/types.js';
import type { PartnerProfileParameters, PartnerSessionParameters, PartnerSsoResource } from './types.js';

const context: readonly ContextHeader[] = ['partnerFrameworkStatus', 'visitorIdentifier'];
const statusHeader = 'ap-partner-framework-status';

export type PartnerSsoRuntime = Pick<ApiRuntime, 'baseUrl' | 'signIns' | 'tokens'>;

export class PartnerSso implements PartnerSsoResource {
  readonly #client: ClientCalls;
  readonly #runtime: PartnerSsoRuntime;

  constructor(client: ClientCalls, runtime: PartnerSsoRuntime) {
    this.#client = client;
    this.#runtime = runtime;
  }

  async createSession(
    parameters: PartnerSessionParameters,
    options?: CallOptions,
  ): Promise<Session | PartnerProfileSession> {
    const name = 'partnerSso.createSession';
    const client = this.#client;
    return await client.within(options, async (deadline) => {
      checkParameters(name, parameters);
      const body = formBody({
        domainName: optionalText(parameters.domainName, 'domainName'),
        redirectUrl: optionalUrl(parameters.redirectUrl, 'redirectUrl'),
      });
      const call = this.#call(name, 'sessions', parameters, body);
      const question = { name, baseUrl: this.#runtime.baseUrl, serviceProvider: client.serviceProvider };
      const session = readSession(question, await client.call(call, deadline));
      noteCode(client, this.#runtime, session);
      return session;
    });
  }

  async createProfile(parameters: PartnerProfileParameters, options?: CallOptions): Promise<Profile> {
    const name = 'partnerSso.createProfile';
    const client = this.#client;
    return await client.within(options, async (deadline) => {
      checkParameters(name, parameters);
      const body = formBody({ SAMLResponse: encoded(parameters.samlResponse) });
      const answer = await client.call(this.#call(name, 'profiles', parameters, body), deadline);
      const [profile] = readProfiles(name, answer);
      if (profile === undefined) throw responseInvalid(name, answer.status, 'has no profile');
      return profile;
    });
  }

  #call(
    name: string,
    resource: 'sessions' | 'profiles',
    { partner = 'Apple', partnerFrameworkStatus }: PartnerSessionParameters,
    body: string,
  ): ProtectedCall {
    const client = this.#client;
    const headers = {
      ...client.headers(context),
      ...contextHeaders({ partnerFrameworkStatus }, context),
      ...formType,
    };
    if (!(statusHeader in headers)) {
      throw parameterInvalid(
        'partnerFrameworkStatus',
        `must be given to ${name}, or be in the context of the client, received neither`,
      );
    }
    return {
      endpoint: 'partnerSso',
      method: 'POST',
      path: resourcePath(client, `${resource}/sso/${segment(partner, 'partner')}`),
      headers,
      body,
      signIn: 'begins',
    };
  }
}

/**
 * The response as Adobe Pass wants it: Base64 of one line. Frameworks give it with line breaks and tabs, which Adobe's guide
 * has removed before it is encoded.
 * @throws PassError `parameter_invalid`
 */
function encoded(samlResponse: unknown): string {
  if (typeof samlResponse !== 'string' || samlResponse.trim() === '')
    throw parameterInvalid(
      'samlResponse',
      `must be text that is not empty, received ${kindOf(samlResponse)}`,
    );
  const text = samlResponse.trim();
  if (!text.startsWith('<')) return text.replaceAll(/\s+/g, '');
  return Buffer.from(text.replaceAll(/[\r\n]+/g, '').replaceAll(/[\t ]+/g, ' '), 'utf8').toString('base64');
}
