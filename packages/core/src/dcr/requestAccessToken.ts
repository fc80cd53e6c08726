import { classifyFailure, invalidResponse, type Processed } from '../http/failure.js';
import { isJsonObject, parseJson } from '../http/parseJson.js';
import type { UpstreamRequest, UpstreamResponse } from '../http/Transport.js';

export interface RequestAccessTokenParameters {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Of the device; see `dcrHeaders`. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface IssuedAccessToken {
  readonly accessToken: string;
  /** Epoch milliseconds at which the request started: the token cannot have been issued before. */
  readonly requestedAt: number;
  /** From the moment of issue; counted from `requestedAt`, it cannot end too late. */
  readonly lifeMs: number;
}

/**
 * Exchanges client credentials for an access token. The values go into the body: a query string ends up in access logs.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-dcr/apis/dynamic-client-registration-apis-retrieve-access-token
 */
export function requestAccessTokenRequest(parameters: RequestAccessTokenParameters): UpstreamRequest {
  const { clientId, clientSecret, headers } = parameters;
  return {
    method: 'POST',
    path: '/o/client/token',
    headers: {
      ...headers,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json;charset=utf-8',
    },
    body: new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: 'client_credentials',
    }).toString(),
  };
}

/** Adobe's tokens live six hours, a day at most in any document. A year means that the unit is wrong. */
const longestLifeMs = 365 * 24 * 60 * 60_000;

/** A header line of this length still passes common servers; Adobe's tokens have about 600 characters. */
const longestToken = 8_192;

/**
 * Takes any 2xx with a token that can be sent and a life. `created_at` is not read: by Adobe's clock it says when the
 * life began, and by ours it may be tomorrow.
 */
export function processRequestAccessTokenResponse(response: UpstreamResponse): Processed<IssuedAccessToken> {
  if (response.status < 200 || response.status > 299)
    return { ok: false, failure: classifyFailure(response) };
  const parsed = parseJson(response.body);
  if (!parsed.ok || !isJsonObject(parsed.value)) return { ok: false, failure: invalidResponse(response) };
  const { access_token: accessToken, expires_in: expiresIn, token_type: tokenType } = parsed.value;
  const lifeMs = lifeOf(expiresIn);
  if (!isSendableToken(accessToken) || lifeMs === null || !isBearer(tokenType)) {
    return { ok: false, failure: invalidResponse(response) };
  }
  return { ok: true, answer: { accessToken, requestedAt: response.requestedAt, lifeMs } };
}

/** Wider than the `b64token` of RFC 6750: the token is opaque, it only must not break the header. */
function isSendableToken(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestToken && /^[\x21-\x7E]+$/.test(value);
}

function lifeOf(seconds: unknown): number | null {
  const value =
    typeof seconds === 'string' && /^\d{1,10}(?:\.\d{1,9})?$/.test(seconds) ? Number(seconds) : seconds;
  if (typeof value !== 'number') return null;
  const ms = Math.floor(value * 1_000);
  return ms > 0 && ms <= longestLifeMs ? ms : null;
}

/** RFC 6749 §5.1: the type is case-insensitive. Adobe sends `bearer`. */
function isBearer(tokenType: unknown): boolean {
  return tokenType === undefined || (typeof tokenType === 'string' && tokenType.toLowerCase() === 'bearer');
}
