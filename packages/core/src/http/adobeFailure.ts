import { documented } from '../adobeCodes.js';
import type { AdobeFailure, ViewerMessage } from '../errors.js';
import { isJsonObject } from './parseJson.js';

/**
 * What a body says went wrong, or `undefined` if it is none of the forms in which Adobe Pass says so: the enhanced error
 * itself, the enhanced error under `error`, or `{ "error": "<code>" }` of `/o/client/*` and of older services.
 *
 * Values that Adobe may add pass through, but only what looks like one of Adobe's own: these fields end up in messages
 * and logs, and a body that repeats a credential or a token must not get there by way of `code`.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/features-standard/error-reporting/enhanced-error-codes
 */
export function parseAdobeFailure(body: unknown, status: number): AdobeFailure | undefined {
  if (!isJsonObject(body)) return undefined;
  const nested = body['error'];
  const outer = readFailure(body, status);
  if (outer !== undefined) return outer;
  if (isJsonObject(nested)) return readFailure(nested, status);
  const code = identifierOf(nested);
  return code === undefined ? undefined : { status, code };
}

function readFailure(error: Readonly<Record<string, unknown>>, status: number): AdobeFailure | undefined {
  // `errorCode`: seen from services older than the documented form.
  const code = identifierOf(error['code']) ?? identifierOf(error['errorCode']);
  const action = identifierOf(error['action']);
  if (code === undefined && action === undefined) return undefined;
  const trace = traceOf(error['trace']);
  return {
    status: statusOf(error['status']) ?? status,
    ...(code === undefined ? undefined : { code }),
    ...(action === undefined ? undefined : { action }),
    ...(trace === undefined ? undefined : { trace }),
  };
}

/** Whether Adobe Pass asks that the same call be made again, two or three times at most. */
export function asksForRetry(adobe: AdobeFailure): boolean {
  return documented(adobe.code)?.retry === true || adobe.action === 'retry';
}

/** Whether the registered application, rather than this token, is what Adobe Pass does not accept. */
export function concernsApplication(adobe: AdobeFailure): boolean {
  return (
    documented(adobe.code)?.action === 'application-registration' ||
    adobe.action === 'application-registration'
  );
}

/** The longest of Adobe's samples has a few hundred characters; a page that stands where a sentence belongs is cut. */
const longestText = 2_000;

/** The words to the viewer in a body of one of these forms. */
export function viewerMessageIn(body: unknown): ViewerMessage | undefined {
  if (!isJsonObject(body)) return undefined;
  const error = isJsonObject(body['error']) ? body['error'] : body;
  const message = sentenceOf(error['message']);
  const details = sentenceOf(error['details']);
  if (message === undefined && details === undefined) return undefined;
  return {
    ...(message === undefined ? undefined : { message }),
    ...(details === undefined ? undefined : { details }),
  };
}

function sentenceOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, longestText) : undefined;
}

/** Lower-case words, as all of Adobe's codes and actions are, which neither a UUID nor a token is. */
function identifierOf(value: unknown): string | undefined {
  return typeof value === 'string' &&
    value.length <= 100 &&
    /^[a-z]+\d{0,3}(?:[_.:-][a-z]+\d{0,3})*$/.test(value)
    ? value
    : undefined;
}

/** A UUID, or hexadecimal of another length. */
function traceOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\dA-Fa-f-]{1,64}$/.test(value) ? value : undefined;
}

function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599
    ? status
    : undefined;
}
