import { documented } from '../adobeCodes.js';
import type { AdobeFailure, ViewerMessage } from '../errors.js';
import type { UpstreamFailure } from './failure.js';

/** Says whether a text repeats one of a call's secrets, as it is, as Base64 or as hexadecimal. */
export type EchoTest = (text: string) => boolean;

/** Shorter than this, a secret is found in words that have nothing to do with it: then only the whole text counts. */
const shortestWithin = 6;

/** Tells a call's own token, pair and identifier in what a server answers: some repeat what they were sent. */
export function echoesOf(secrets: readonly (string | Uint8Array)[]): EchoTest {
  const forms = secrets.flatMap((secret) => {
    const bytes = Buffer.from(secret);
    const base64 = bytes.toString('base64').replace(/=+$/, '');
    return [bytes.toString('utf8'), base64, bytes.toString('base64url'), bytes.toString('hex')]
      .filter((form) => form !== '')
      .map((form) => form.toLowerCase());
  });
  return (text) => {
    const lower = text.toLowerCase();
    return forms.some((form) => (form.length < shortestWithin ? lower === form : lower.includes(form)));
  };
}

/** A failure without the fields that repeat a secret: they end up in messages and logs. */
export function withoutEchoes<Failure extends UpstreamFailure>(failure: Failure, isEcho: EchoTest): Failure {
  if (!('adobe' in failure) || failure.adobe === undefined) return failure;
  const { adobe, viewerMessage, ...rest } = failure;
  const message = viewerMessage === undefined ? undefined : messageWithoutEchoes(viewerMessage, isEcho);
  return {
    ...rest,
    adobe: adobeWithoutEchoes(adobe, isEcho),
    ...(message === undefined ? undefined : { viewerMessage: message }),
  } as unknown as Failure;
}

export function adobeWithoutEchoes(
  { status, code, action, trace }: AdobeFailure,
  isEcho: EchoTest,
): AdobeFailure {
  return {
    ...(status === undefined ? undefined : { status }),
    // A documented code is Adobe's own, even if a device is called by it.
    ...(code === undefined || (documented(code) === undefined && isEcho(code)) ? undefined : { code }),
    ...(action === undefined || isEcho(action) ? undefined : { action }),
    ...(trace === undefined || isEcho(trace) ? undefined : { trace }),
  };
}

/** A token or a software statement (RFC 7515, compact), be it of this call or not: nothing that a viewer can read. */
const jws = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/;

/** `undefined`: nothing is left. */
export function messageWithoutEchoes(
  { message, details }: ViewerMessage,
  isEcho: EchoTest,
): ViewerMessage | undefined {
  const isHidden = (text: string): boolean => isEcho(text) || jws.test(text);
  const kept = {
    ...(message === undefined || isHidden(message) ? undefined : { message }),
    ...(details === undefined || isHidden(details) ? undefined : { details }),
  };
  return Object.keys(kept).length === 0 ? undefined : kept;
}
