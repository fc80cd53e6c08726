import { classifyFailure, invalidResponse, type Processed } from '../http/failure.js';
import { isJsonObject, parseJson } from '../http/parseJson.js';
import type { UpstreamRequest, UpstreamResponse } from '../http/Transport.js';

export interface RegisterClientParameters {
  readonly softwareStatement: string;
  readonly redirectUri?: string | undefined;
  /** Of the device; see `dcrHeaders`. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface IssuedCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Asks for client credentials.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-dcr/apis/dynamic-client-registration-apis-retrieve-client-credentials
 */
export function registerClientRequest(parameters: RegisterClientParameters): UpstreamRequest {
  const { softwareStatement, redirectUri, headers } = parameters;
  return {
    method: 'POST',
    path: '/o/client/register',
    headers: {
      ...headers,
      'content-type': 'application/json;charset=utf-8',
      accept: 'application/json;charset=utf-8',
    },
    // JSON.stringify leaves an absent redirect_uri out: the documentation has it optional.
    body: JSON.stringify({ software_statement: softwareStatement, redirect_uri: redirectUri }),
  };
}

/** Adobe issues UUIDs of 36 characters. The bound keeps a runaway value out of the cache, whose records are limited. */
const longestCredential = 512;

/** Takes any 2xx with both credentials: documentation and field say 201, older samples 200. */
export function processRegisterClientResponse(response: UpstreamResponse): Processed<IssuedCredentials> {
  if (response.status < 200 || response.status > 299)
    return { ok: false, failure: classifyFailure(response) };
  const parsed = parseJson(response.body);
  if (!parsed.ok || !isJsonObject(parsed.value)) return { ok: false, failure: invalidResponse(response) };
  const { client_id: clientId, client_secret: clientSecret } = parsed.value;
  if (!isCredential(clientId) || !isCredential(clientSecret))
    return { ok: false, failure: invalidResponse(response) };
  return { ok: true, answer: { clientId, clientSecret } };
}

function isCredential(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= longestCredential && value.isWellFormed()
  );
}
