import { parseAdobeFailure } from './adobeFailure.js';
import { classifyFailure, invalidResponse, type Processed, type UpstreamFailure } from './failure.js';
import type { ParsedResponse } from './parseProtectedResponse.js';
import { parseJson } from './parseJson.js';
import { responseHeader } from './responseHeader.js';
import type { UpstreamResponse } from './Transport.js';

/** Of a sentence in plain text; a page that stands where one belongs is cut. */
const longestReason = 2_000;

/**
 * Judges an answer of a management API: JSON as its value, other media types as text, `undefined` for an empty body.
 *
 * A 403 says here what REST API v2 says by a 401 with the action `application-registration`: Adobe's pages ask for new
 * credentials. No answer replaces a pair, so it is repeated once with a fresh token, and then is a matter of configuration.
 */
export function parseManagementResponse(response: UpstreamResponse): Processed<ParsedResponse> {
  const { status, headers, body } = response;
  if (status < 200 || status > 299) return { ok: false, failure: failureOf(response) };
  const mediaType = mediaTypeOf(response);
  if (mediaType !== undefined && !/[/+]json$/.test(mediaType))
    return {
      ok: true,
      answer: { status, headers, body: body.length === 0 ? undefined : body.toString('utf8') },
    };
  const parsed = parseJson(body);
  if (parsed.ok) return { ok: true, answer: { status, headers, body: parsed.value } };
  if (parsed.empty) return { ok: true, answer: { status, headers, body: undefined } };
  return { ok: false, failure: invalidResponse(response) };
}

function failureOf(response: UpstreamResponse): UpstreamFailure {
  const { status, body } = response;
  if (status === 403) {
    const parsed = parseJson(body);
    const said = parsed.ok ? parseAdobeFailure(parsed.value, status) : undefined;
    return {
      kind: 'refused',
      status: 401,
      adobe: { ...said, status, action: 'application-registration' },
    };
  }
  const failure = classifyFailure(response);
  if (failure.kind !== 'invalid_response' || status < 400 || mediaTypeOf(response) !== 'text/plain')
    return failure;
  // ESM gives its reason as a plain sentence.
  const message = body.toString('utf8').trim().slice(0, longestReason);
  return { kind: 'refused', status, adobe: { status }, viewerMessage: { message } };
}

function mediaTypeOf(response: UpstreamResponse): string | undefined {
  return responseHeader(response, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase();
}
