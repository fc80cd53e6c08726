import type { PassContext } from '../PassClient.js';
import { hangUp } from './hangUp.js';
import type { IncomingRequest, PendingResponse } from './IncomingRequest.js';

/** Single sign-on tokens are one word of visible ASCII; 4 kB is four times the longest in Adobe's samples. */
const wellFormed = /^[\x21-\x7e]{1,4096}$/;

/**
 * The single sign-on tokens that the request brought, and the end of its connection.
 *
 * `AP-TempPass-Identity` and `AP-Visitor-Identifier` are not among them: whoever can invent one has a new free trial.
 * A malformed token is left out, as Adobe Pass ignores one that it cannot use.
 */
export class RequestContext implements PassContext {
  // As in NodeRequest, declared only.
  declare protected readonly request: IncomingRequest;
  /** The device function that was asked about the request. */
  declare readonly source: unknown;
  declare private madeSignal: AbortSignal | undefined;

  constructor(request: IncomingRequest, source: unknown) {
    this.request = request;
    this.source = source;
    this.madeSignal = undefined;
  }

  get subjectToken(): string | undefined {
    return tokenIn(this.request, 'adobe-subject-token');
  }

  get rokuConnectToken(): string | undefined {
    return tokenIn(this.request, 'x-roku-reserved-roku-connect-token');
  }

  get serviceToken(): string | undefined {
    return tokenIn(this.request, 'ad-service-token');
  }

  get partnerFrameworkStatus(): string | undefined {
    return tokenIn(this.request, 'ap-partner-framework-status');
  }

  /** Made on demand: a request that never waits needs none. */
  get signal(): AbortSignal {
    this.madeSignal ??= disconnectSignal(this.request.response);
    return this.madeSignal;
  }
}

function tokenIn(request: IncomingRequest, name: string): string | undefined {
  const value = request.header(name);
  return value !== undefined && wellFormed.test(value) ? value : undefined;
}

/** Aborts when the connection ends before the response was sent; a handler that works on after its response goes on. */
function disconnectSignal(response: PendingResponse): AbortSignal {
  const controller = new AbortController();
  const end = (): void => {
    if (!response.writableEnded) controller.abort(hangUp());
  };
  if (response.destroyed) end();
  else response.once('close', end);
  return controller.signal;
}
