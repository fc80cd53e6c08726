import type { ApiRuntime } from '../ApiRuntime.js';
import { checkParameters, optionalText, optionalUrl, plainCode, segment } from '../answers/parameters.js';
import { formBody, formType } from '../answers/form.js';
import type { CallOptions } from '../CallOptions.js';
import type { ProtectedCall } from '../callProtected.js';
import type { ClientCalls } from '../ClientCalls.js';
import type { ContextHeader } from '../contextHeaders.js';
import { resourcePath } from '../resourcePath.js';
import { responseInvalid } from '../responseInvalid.js';
import { authenticateUrl } from './authenticateUrl.js';
import { ofCode } from './outdated.js';
import { readSession, readSessionStatus, type SessionQuestion } from './readSession.js';
import type {
  PartnerProfileSession,
  Session,
  SessionParameters,
  SessionsResource,
  SessionStatus,
} from './types.js';

const contextOfCreate: readonly ContextHeader[] = [
  'subjectToken',
  'rokuConnectToken',
  'serviceToken',
  'visitorIdentifier',
];

/** What the calls about a code may carry: they can come from a second screen, whose device they are not about. */
const contextOfCode: readonly ContextHeader[] = ['visitorIdentifier'];

/** What these calls need of the runtime. */
export type SessionsRuntime = Pick<ApiRuntime, 'baseUrl' | 'signIns' | 'tokens' | 'clock' | 'timing'>;

export class Sessions implements SessionsResource {
  readonly #client: ClientCalls;
  readonly #runtime: SessionsRuntime;

  constructor(client: ClientCalls, runtime: SessionsRuntime) {
    this.#client = client;
    this.#runtime = runtime;
  }

  async create(parameters: SessionParameters = {}, options?: CallOptions): Promise<Session> {
    const client = this.#client;
    return await client.within(options, async (deadline) => {
      const question = { name: 'sessions.create', ...this.#question() };
      checkParameters(question.name, parameters);
      const call: ProtectedCall = {
        ...binding(client, 'sessions'),
        headers: { ...client.headers(contextOfCreate), ...formType },
        body: sessionForm(parameters),
      };
      const session = withoutPartner(question, readSession(question, await client.call(call, deadline)));
      noteCode(client, this.#runtime, session);
      return session;
    });
  }

  async resume(
    parameters: SessionParameters & { readonly code: string },
    options?: CallOptions,
  ): Promise<Session> {
    const client = this.#client;
    return await client.within(options, async (deadline) => {
      checkParameters('sessions.resume', parameters);
      const code = plainCode(parameters.code);
      const question = { name: 'sessions.resume', code, ...this.#question() };
      const call: ProtectedCall = {
        ...binding(client, `sessions/${segment(code, 'code')}`),
        headers: { ...client.headersWithoutDevice(contextOfCode), ...formType },
        body: sessionForm(parameters),
      };
      const answer = await this.#ofCode(question.name, code, client.call(call, deadline));
      return withoutPartner(question, readSession(question, answer));
    });
  }

  async retrieve(parameters: { readonly code: string }, options?: CallOptions): Promise<SessionStatus> {
    const client = this.#client;
    const name = 'sessions.retrieve';
    return await client.within(options, async (deadline) => {
      checkParameters(name, parameters);
      const code = plainCode(parameters.code);
      const call: ProtectedCall = {
        endpoint: 'sessions',
        method: 'GET',
        path: resourcePath(client, `sessions/${segment(code, 'code')}`),
        headers: client.headersWithoutDevice(contextOfCode),
      };
      return readSessionStatus(name, await this.#ofCode(name, code, client.call(call, deadline)));
    });
  }

  authenticateUrl(parameters: { readonly code: string }): string {
    const client = this.#client;
    return client.telling(() => {
      checkParameters('sessions.authenticateUrl', parameters);
      return authenticateUrl(this.#runtime.baseUrl, client.serviceProvider, plainCode(parameters.code));
    });
  }

  #question(): Pick<SessionQuestion, 'baseUrl' | 'serviceProvider'> {
    return { baseUrl: this.#runtime.baseUrl, serviceProvider: this.#client.serviceProvider };
  }

  async #ofCode<Answer>(name: string, code: string, answer: Promise<Answer>): Promise<Answer> {
    return await ofCode(this.#client, this.#runtime, { name, code }, answer);
  }
}

/** Remembers the code of a session, and the pair that it hangs on. */
export function noteCode(
  client: ClientCalls,
  { signIns, tokens }: Pick<ApiRuntime, 'signIns' | 'tokens'>,
  session: Session | PartnerProfileSession,
): void {
  if (!('code' in session)) return;
  signIns.begun(client.whose(), { code: session.code, clientId: tokens.pairOf(client.key())?.clientId });
}

/** A call that may bind a viewer to the device's pair. */
function binding(
  client: ClientCalls,
  resource: string,
): Pick<ProtectedCall, 'endpoint' | 'method' | 'path' | 'signIn'> {
  return { endpoint: 'sessions', method: 'POST', path: resourcePath(client, resource), signIn: 'begins' };
}

function sessionForm({ mvpd, domainName, redirectUrl }: SessionParameters): string {
  return formBody({
    mvpd: optionalText(mvpd, 'mvpd'),
    domainName: optionalText(domainName, 'domainName'),
    redirectUrl: optionalUrl(redirectUrl, 'redirectUrl'),
  });
}

/** Only a partner's session has that step. */
function withoutPartner({ name }: SessionQuestion, session: Session | PartnerProfileSession): Session {
  if (session.actionName !== 'partner_profile') return session;
  throw responseInvalid(name, 200, 'is about a partner');
}
