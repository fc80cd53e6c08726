import { classifyFailure, invalidResponse, type Processed } from './failure.js';
import { parseJson } from './parseJson.js';
import type { UpstreamResponse } from './Transport.js';

/** A 2xx answer with its JSON body; `undefined` if the body is empty. */
export interface ParsedResponse {
  readonly status: number;
  readonly headers: UpstreamResponse['headers'];
  readonly body: unknown;
}

/**
 * Judges an answer of `/api/v2/`. Errors of single items inside a 200 are results and stay in the body.
 * The Content-Type is not asked: what parses as JSON is taken.
 */
export function parseProtectedResponse(response: UpstreamResponse): Processed<ParsedResponse> {
  const { status, headers } = response;
  if (status < 200 || status > 299) return { ok: false, failure: classifyFailure(response) };
  const parsed = parseJson(response.body);
  if (parsed.ok) return { ok: true, answer: { status, headers, body: parsed.value } };
  if (parsed.empty) return { ok: true, answer: { status, headers, body: undefined } };
  return { ok: false, failure: invalidResponse(response) };
}
