import type { Call, Handler } from '../http/endpoint.js';
import { jsonReply } from '../http/reply.js';
import type { Application } from '../scenario/scenario.js';
import type { StatementVerdict } from '../state/statements.js';
import { dcrError, noStore, type DcrErrorCode } from './dcrError.js';
import { isRedirectUri } from './redirectUri.js';
import { isStrictDcrRequest } from './strictRequest.js';

type Registration =
  | {
      readonly kind: 'accepted';
      readonly application: Application;
      readonly statementDigest: string;
      readonly redirectUri: string | undefined;
    }
  | { readonly kind: 'rejected'; readonly error: DcrErrorCode };

/** https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-dcr/apis/dynamic-client-registration-apis-retrieve-client-credentials */
export const register: Handler = {
  errors: 'dcr',
  clientIdOf: () => undefined,
  handle(call, { options, statements, clients }) {
    const registration = decideRegistration(call, options.strict, (statement) =>
      statements.inspect(statement),
    );
    if (registration.kind === 'rejected') return dcrError(registration.error);
    const { application, statementDigest, redirectUri } = registration;
    const { client, clientSecret } = clients.register({
      application,
      statementDigest,
      createdAt: call.now,
      forwardedFor: call.forwardedFor,
    });
    const body = {
      client_id: client.clientId,
      client_secret: clientSecret,
      client_id_issued_at:
        options.clientIdIssuedAt === 'seconds' ? Math.floor(call.shownNow / 1000) : call.shownNow,
      redirect_uris: redirectUri === undefined ? [] : [redirectUri],
      grant_types: application.grantTypes,
      scopes: application.scopes,
    };
    return jsonReply(options.successStatus, body, { clientId: client.clientId }, noStore);
  },
};

/** Unknown members do no harm. */
function decideRegistration(
  call: Call,
  strict: boolean,
  inspect: (statement: string) => StatementVerdict,
): Registration {
  if (strict && !isStrictDcrRequest(call.headers, 'application/json'))
    return { kind: 'rejected', error: 'invalid_request' };
  const body = parseMembers(call.body);
  const statement = body?.['software_statement'];
  const redirectUri = body?.['redirect_uri'];
  if (typeof statement !== 'string' || statement === '')
    return { kind: 'rejected', error: 'invalid_request' };
  if (redirectUri !== undefined && typeof redirectUri !== 'string')
    return { kind: 'rejected', error: 'invalid_request' };
  const verdict = inspect(statement);
  switch (verdict.kind) {
    case 'invalid':
      return { kind: 'rejected', error: 'invalid_software_statement' };
    case 'unapproved':
      return { kind: 'rejected', error: 'unapproved_software_statement' };
    case 'approved':
      if (redirectUri !== undefined && !isRedirectUri(redirectUri, verdict.application.redirectDomains))
        return { kind: 'rejected', error: 'invalid_redirect_uri' };
      return {
        kind: 'accepted',
        application: verdict.application,
        statementDigest: verdict.statementDigest,
        redirectUri,
      };
  }
}

function parseMembers(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
