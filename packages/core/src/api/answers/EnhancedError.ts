import { meaningOf, type MustAct } from '../../adobeCodes.js';
import type { AdobeFailure, ViewerMessage } from '../../errors.js';
import { asksForRetry, parseAdobeFailure, viewerMessageIn } from '../../http/adobeFailure.js';
import { adobeWithoutEchoes, messageWithoutEchoes, type EchoTest } from '../../http/echoes.js';
import { isJsonObject } from '../../http/parseJson.js';

/**
 * What Adobe Pass gives as the reason of a denial: its enhanced error. A result, not an exception.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/features-standard/error-reporting/enhanced-error-codes
 */
export class EnhancedError implements AdobeFailure {
  /** The status inside the error, which is not that of the answer. */
  readonly status?: number;
  readonly code?: string;
  readonly action?: string;
  /** The identifier to give to Adobe's support. */
  readonly trace?: string;
  readonly mustAct: MustAct;
  /** Adobe Pass asks for a repetition. It has been repeated twice already, as far as the deadline allowed. */
  readonly retryable: boolean;
  readonly viewerMustSignIn: boolean;
  // Private to the engine, as in a PassError.
  readonly #viewerMessage: ViewerMessage | undefined;

  /** @internal */
  constructor(adobe: AdobeFailure, viewerMessage: ViewerMessage | undefined) {
    if (adobe.status !== undefined) this.status = adobe.status;
    if (adobe.code !== undefined) this.code = adobe.code;
    if (adobe.action !== undefined) this.action = adobe.action;
    if (adobe.trace !== undefined) this.trace = adobe.trace;
    const { mustAct, retry, viewerMustSignIn } = meaningOf(adobe);
    this.mustAct = mustAct;
    this.retryable = retry || asksForRetry(adobe);
    this.viewerMustSignIn = viewerMustSignIn || adobe.action === 'authentication';
    this.#viewerMessage = viewerMessage;
  }

  /** What Adobe Pass wants the viewer to read, if anything. No log, `inspect` or JSON of this object has it. */
  get viewerMessage(): ViewerMessage | undefined {
    return this.#viewerMessage;
  }
}

/** The error of one item, without what it repeats of the call. `undefined`: it is none that says anything. */
export function readEnhancedError(raw: unknown, isEcho: EchoTest): EnhancedError | undefined {
  if (!isJsonObject(raw)) return undefined;
  const message = viewerMessageIn(raw);
  const viewerMessage = message === undefined ? undefined : messageWithoutEchoes(message, isEcho);
  // Within a 200, an error without a status of its own is a denial.
  const adobe = parseAdobeFailure(raw, 403);
  if (adobe === undefined)
    return viewerMessage === undefined ? undefined : new EnhancedError({}, viewerMessage);
  return new EnhancedError(adobeWithoutEchoes(adobe, isEcho), viewerMessage);
}
