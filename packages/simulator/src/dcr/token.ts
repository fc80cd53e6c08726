import { fingerprint } from '../crypto/fingerprint.js';
import type { Call, Handler } from '../http/endpoint.js';
import { hasMediaType } from '../http/mediaType.js';
import { jsonReply } from '../http/reply.js';
import type { Client } from '../state/clients.js';
import type { World } from '../world.js';
import { dcrError, noStore, type DcrErrorCode } from './dcrError.js';
import { isStrictDcrRequest } from './strictRequest.js';

/** https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-dcr/apis/dynamic-client-registration-apis-retrieve-access-token */
export const token: Handler = {
  errors: 'dcr',
  clientIdOf: (call) => readParameters(call).get('client_id') ?? undefined,
  handle(call, world) {
    const verdict = decideToken(call, world);
    if (typeof verdict === 'string') return dcrError(verdict);
    const { id, accessToken } = world.tokens.issue(verdict, call.now);
    const body = {
      id,
      access_token: accessToken,
      created_at: call.shownNow,
      expires_in: world.options.accessTokenLifeSeconds,
      token_type: 'bearer',
    };
    return jsonReply(world.options.successStatus, body, { issuedToken: fingerprint(accessToken) }, noStore);
  },
};

function decideToken(call: Call, { options, clients, statements }: World): Client | DcrErrorCode {
  // A second way of client authentication is an error in itself.
  if (/^basic\b/i.test(call.headers.authorization ?? '')) return 'invalid_request';
  if (
    options.strict &&
    ([...call.query].length > 0 || !isStrictDcrRequest(call.headers, 'application/x-www-form-urlencoded'))
  )
    return 'invalid_request';
  const parameters = readParameters(call);
  const clientId = single(parameters, 'client_id');
  const clientSecret = single(parameters, 'client_secret');
  const grantType = single(parameters, 'grant_type');
  if (clientId === undefined || clientSecret === undefined || grantType === undefined)
    return 'invalid_request';
  if (grantType !== 'client_credentials') return 'unsupported_grant_type';
  const client = clients.authenticate(clientId, clientSecret);
  if (client === undefined) return 'invalid_client';
  if (statements.isRevoked(client.application.name, client.statementDigest))
    return options.revokedStatementError;
  if (!client.application.grantTypes.includes('client_credentials')) return 'unauthorized_client';
  return client;
}

/** The page wants a form body; the real service also takes the query, whatever the content type then is. */
function readParameters(call: Call): URLSearchParams {
  const body = hasMediaType(call.headers['content-type'], 'application/json')
    ? []
    : [...new URLSearchParams(call.body)];
  return new URLSearchParams([...call.query, ...body]);
}

function single(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name);
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}
