import { classifyFailure, invalidResponse, type UpstreamFailure } from './failure.js';
import { parseJson } from './parseJson.js';
import type { UpstreamResponse } from './Transport.js';

/** A 2xx answer with its JSON body; `undefined` if the body is empty. */
export interface ParsedResponse {
  readonly status: number;
  readonly headers: UpstreamResponse['headers'];
  readonly body: unknown;
}

export type ProtectedResult =
  | { readonly ok: true; readonly response: ParsedResponse }
  | { readonly ok: false; readonly failure: UpstreamFailure };

/**
 * Judges an answer of `/api/v2/`. Errors of single items inside a 200 are results and stay in the body.
 * The Content-Type is not asked: what parses as JSON is taken.
 */
export function parseProtectedResponse(response: UpstreamResponse): ProtectedResult {
  const { status, headers } = response;
  if (status < 200 || status > 299) return { ok: false, failure: classifyFailure(response) };
  const parsed = parseJson(response.body);
  if (parsed.ok) return { ok: true, response: { status, headers, body: parsed.value } };
  if (parsed.empty) return { ok: true, response: { status, headers, body: undefined } };
  return { ok: false, failure: invalidResponse(response) };
}
