import type { AdobeFailure, ViewerMessage } from '../errors.js';
import { asksForRetry, parseAdobeFailure, viewerMessageIn } from './adobeFailure.js';
import { parseJson } from './parseJson.js';
import { responseHeader } from './responseHeader.js';
import { retryAfterMs } from './retryAfter.js';
import type { TransportFailure, UpstreamResponse } from './Transport.js';

/** Why a call to Adobe Pass brought no result. */
export type UpstreamFailure =
  | { readonly kind: 'throttled'; readonly status: number; readonly retryAfterMs: number | null }
  | {
      readonly kind: 'unreachable';
      readonly reason: TransportFailure['reason'];
      readonly mayBeProcessed: boolean;
      readonly message: string;
    }
  /** A 5xx that nobody's configuration explains. */
  | {
      readonly kind: 'failing';
      readonly status: number;
      readonly adobe?: AdobeFailure;
      readonly viewerMessage?: ViewerMessage;
    }
  /** Neither a result nor a refusal in any form that Adobe Pass documents. */
  | {
      readonly kind: 'invalid_response';
      readonly status: number;
      /** The media type, without parameters. */
      readonly contentType: string | undefined;
      /** Bytes of body. */
      readonly length: number;
      /** The content coding that could not be taken off. */
      readonly coding?: string;
    }
  /** `adobe.code` is absent where the answer had none, such as a 401 with an empty body. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly adobe: AdobeFailure;
      readonly viewerMessage?: ViewerMessage;
    };

/** What became of an answer: the wanted one, or why it is none. */
export type Processed<Answer> =
  { readonly ok: true; readonly answer: Answer } | { readonly ok: false; readonly failure: UpstreamFailure };

/**
 * Judges an answer that is not the wanted one: by its code, then its action, then its status.
 *
 * - 429 by status alone. Its body is the gateway's HTML page.
 * - 403 with nothing that Adobe Pass itself would say comes from the same gateway, which so answers too many requests.
 * - 401 always is a refusal, also with an empty or unreadable body: the token is to be renewed.
 * - 5xx is `failing`, unless its action says that somebody has to change something.
 */
export function classifyFailure(response: UpstreamResponse): UpstreamFailure {
  const { status } = response;
  if (status === 429) return { kind: 'throttled', status, retryAfterMs: retryAfterMs(response) };
  if (status < 400) return invalidResponse(response);
  const parsed = parseJson(response.body);
  const adobe = parsed.ok ? parseAdobeFailure(parsed.value, status) : undefined;
  const viewerMessage = parsed.ok && adobe !== undefined ? viewerMessageIn(parsed.value) : undefined;
  const said = viewerMessage === undefined ? {} : { viewerMessage };
  if (status >= 500) {
    if (adobe !== undefined && needsChange(adobe)) return { kind: 'refused', status, adobe, ...said };
    return adobe === undefined ? { kind: 'failing', status } : { kind: 'failing', status, adobe, ...said };
  }
  if (adobe !== undefined) return { kind: 'refused', status, adobe, ...said };
  if (status === 403) return { kind: 'throttled', status, retryAfterMs: retryAfterMs(response) };
  if (status === 401 || parsed.ok || parsed.empty) return { kind: 'refused', status, adobe: { status } };
  return invalidResponse(response);
}

/** An answer that cannot be used, described without a word of it. */
export function invalidResponse(response: UpstreamResponse): UpstreamFailure {
  const mediaType = responseHeader(response, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  // Only what reads as one: a header is no safer a place than a body for a server to repeat a token in.
  const contentType =
    mediaType !== undefined && mediaType.length <= 100 && /^[a-z]+\/[a-z]+(?:[.+-][a-z]+)*$/.test(mediaType)
      ? mediaType
      : undefined;
  const { status, body } = response;
  const coding = codingOf(response);
  const failure = { kind: 'invalid_response', status, contentType, length: body.length } as const;
  return coding === undefined ? failure : { ...failure, coding };
}

function codingOf(response: UpstreamResponse): string | undefined {
  const value = responseHeader(response, 'content-encoding')?.toLowerCase();
  if (value === undefined) return undefined;
  return /^[a-z-]{1,20}(?:, ?[a-z-]{1,20}){0,3}$/.test(value) ? value : 'unknown';
}

/** What came instead of a valid response, in words that quote nothing of it. */
export function bodyIn({
  length,
  contentType,
  coding,
}: Extract<UpstreamFailure, { readonly kind: 'invalid_response' }>): string {
  const what = `${length} bytes of ${contentType ?? 'no content type'}`;
  return coding === undefined ? what : `${what} in the content coding ${coding}, which could not be decoded`;
}

/** No answer at all, as a failure like the others. */
export function unreachable(
  failure: TransportFailure,
): Extract<UpstreamFailure, { readonly kind: 'unreachable' }> {
  const { reason, mayBeProcessed, message } = failure;
  return { kind: 'unreachable', reason, mayBeProcessed, message };
}

/** `internal_server_error` has the action `none`; the `invalid_configuration_*` codes, also 500, sometimes have it too. */
function needsChange(adobe: AdobeFailure): boolean {
  if (asksForRetry(adobe)) return false;
  if (adobe.code === 'internal_server_error') return false;
  if (adobe.code?.startsWith('invalid_configuration_') === true) return true;
  return adobe.action !== undefined && adobe.action !== 'none';
}
