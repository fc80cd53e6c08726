import type { MustAct } from './adobeCodes.js';

interface CodeTraits {
  /** Our own HTTP answer: 400 the caller's fault, 500 configuration, 502 upstream, 503 not now. */
  readonly status: 400 | 500 | 502 | 503;
  /** Whether the same call can succeed later with nothing changed. */
  readonly retryable: boolean;
  /** Who can change it, as a rule: one code may cover more than one case. */
  readonly mustAct: MustAct;
  /** One sentence for the operator; the first line of the code's entry in docs/errors.md. */
  readonly title: string;
}

/** Every code a `PassError` can have. The table and docs/errors.md are checked against each other. */
export const errorTable = {
  option_invalid: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'An option is missing or wrong.',
  },
  software_statement_malformed: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'The software statement is not a JWT.',
  },
  secret_too_short: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'The secret is too short to protect stored credentials.',
  },
  secret_mismatch: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'The cache was written under another secret.',
  },
  middleware_missing: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'The pass middleware did not run for this request.',
  },
  property_taken: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'Another value already stands where the client is to be attached.',
  },
  request_path_invalid: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'The path does not name a resource below /api/v2/.',
  },
  device_missing: {
    status: 400,
    retryable: false,
    mustAct: 'operator',
    title: 'The request names no device.',
  },
  device_identifier_invalid: {
    status: 400,
    retryable: false,
    mustAct: 'operator',
    title: 'The device identifier cannot be used.',
  },
  header_invalid: {
    status: 400,
    retryable: false,
    mustAct: 'operator',
    title: 'A header value cannot be sent.',
  },
  parameter_invalid: {
    status: 400,
    retryable: false,
    mustAct: 'operator',
    title: 'A parameter of the call cannot be used.',
  },
  cache_unavailable: {
    status: 503,
    retryable: true,
    mustAct: 'operator',
    title: 'The cache could not be read or written.',
  },
  cache_record_unreadable: {
    status: 503,
    retryable: true,
    mustAct: 'operator',
    title: 'A stored record cannot be opened.',
  },
  cache_format_unsupported: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'The cache was written by another version.',
  },
  cache_unsafe: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'The cache is not fit to keep credentials.',
  },
  software_statement_rejected: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'Adobe Pass does not accept the software statement.',
  },
  software_statement_doubted: {
    status: 503,
    retryable: true,
    mustAct: 'nobody',
    title: 'Adobe Pass rejected a software statement that it took before, which may be a mistake.',
  },
  software_statement_unavailable: {
    status: 503,
    retryable: true,
    mustAct: 'operator',
    title: 'The software statement could not be had.',
  },
  registration_refused: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'Adobe Pass refused the registration request.',
  },
  registration_limited: {
    status: 503,
    retryable: true,
    mustAct: 'nobody',
    title: 'Too many new devices at once.',
  },
  token_refused: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'Adobe Pass refused the access token request.',
  },
  client_credentials_rejected: {
    status: 503,
    retryable: true,
    mustAct: 'adobe',
    title: 'Adobe Pass does not accept the credentials of the device.',
  },
  replacement_suspended: {
    status: 503,
    retryable: true,
    mustAct: 'operator',
    title: 'Too many devices lost their credentials at once; none is replaced.',
  },
  access_token_rejected: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'Adobe Pass rejects the access token, also a fresh one.',
  },
  application_not_accepted: {
    status: 500,
    retryable: false,
    mustAct: 'operator',
    title: 'The registered application does not cover the service provider, or is not accepted.',
  },
  upstream_throttled: {
    status: 503,
    retryable: true,
    mustAct: 'nobody',
    title: 'Adobe Pass throttles the address of the device.',
  },
  upstream_unavailable: {
    status: 502,
    retryable: true,
    mustAct: 'adobe',
    title: 'Adobe Pass cannot be reached or fails.',
  },
  upstream_response_invalid: {
    status: 502,
    retryable: true,
    mustAct: 'adobe',
    title: 'Adobe Pass answered something that is no valid response.',
  },
  upstream_refused: {
    status: 502,
    retryable: false,
    mustAct: 'operator',
    title: 'Adobe Pass refused the call.',
  },
  session_outdated: {
    status: 502,
    retryable: false,
    mustAct: 'viewer',
    title: 'The credentials of the device have changed since the sign-in began.',
  },
  deadline_exceeded: {
    status: 503,
    retryable: true,
    mustAct: 'nobody',
    title: 'The answer did not come in time.',
  },
  closed: { status: 503, retryable: true, mustAct: 'nobody', title: 'The server is shutting down.' },
} as const;

/** A stable name for what went wrong. */
export type PassErrorCode = keyof typeof errorTable;

/** What Adobe Pass said, where it said anything. */
export interface AdobeFailure {
  /** The HTTP status, or the status inside the enhanced error. */
  readonly status?: number | undefined;
  /** An enhanced error code or a DCR error; Adobe may add values. */
  readonly code?: string | undefined;
  /** `none`, `configuration`, `application-registration`, `authentication`, `authorization`, `retry`, or a later one. */
  readonly action?: string | undefined;
  /** The identifier to give to Adobe's support. */
  readonly trace?: string | undefined;
}

/**
 * Adobe's own words to the viewer, in the language that Adobe Pass or the provider chose. Text, not markup: whoever shows it
 * escapes it.
 */
export interface ViewerMessage {
  readonly message?: string | undefined;
  /** From the provider, or the custom text of a degradation rule. */
  readonly details?: string | undefined;
}

export interface PassErrorDetails {
  /** Milliseconds until a retry can help. */
  readonly retryAfterMs?: number | undefined;
  readonly adobe?: AdobeFailure | undefined;
  /** Whether the viewer has to sign in with their provider again. */
  readonly viewerMustSignIn?: boolean | undefined;
  /** Overrides the code's own answer, where one code covers more than one case. */
  readonly retryable?: boolean | undefined;
  /** Likewise. */
  readonly mustAct?: MustAct | undefined;
  readonly viewerMessage?: ViewerMessage | undefined;
  readonly cause?: unknown;
}

const brand: unique symbol = Symbol.for('@pass-dcr/core/PassError') as never;

/**
 * The one error of this library. Switch on `code`; answer with `status` and `headers`.
 *
 * `status` is *this server's* HTTP answer, never Adobe's: a 401 from Adobe Pass must not reach the device as one.
 * No secret, token, software statement or device identifier is ever part of it.
 */
export class PassError extends Error {
  readonly code: PassErrorCode;
  /** The HTTP status to answer with, as http-errors has it: Express, Koa and Fastify use it. */
  readonly status: number;
  /** Whether `message` may be shown to the client of this server. */
  readonly expose: boolean;
  /** Headers to answer with: `Retry-After` in seconds where `retryAfterMs` is known. */
  readonly headers: Readonly<Record<string, string>>;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly viewerMustSignIn: boolean;
  /** Who can change it. */
  readonly mustAct: MustAct;
  readonly adobe?: AdobeFailure;
  // Private to the engine: whatever logs an error shows its properties, and free text may name the viewer.
  readonly #viewerMessage: ViewerMessage | undefined;

  constructor(code: PassErrorCode, message: string, details: PassErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const traits: CodeTraits = errorTable[code];
    this.name = 'PassError';
    this.code = code;
    this.status = traits.status;
    this.expose = traits.status === 400;
    this.retryable = details.retryable ?? traits.retryable;
    this.viewerMustSignIn = details.viewerMustSignIn ?? false;
    this.mustAct = details.mustAct ?? traits.mustAct;
    this.#viewerMessage = details.viewerMessage;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = Math.max(0, Math.ceil(details.retryAfterMs));
    this.headers =
      this.retryAfterMs === undefined
        ? {}
        : { 'Retry-After': String(Math.max(1, Math.ceil(this.retryAfterMs / 1000))) };
    if (details.adobe !== undefined) this.adobe = details.adobe;
    Object.defineProperty(this, brand, { value: true });
  }

  /** `status`, under the name that error handlers of Fastify read. */
  get statusCode(): number {
    return this.status;
  }

  /** What Adobe Pass wants the viewer to read, if anything. For your app: no log, `inspect` or JSON of the error has it. */
  get viewerMessage(): ViewerMessage | undefined {
    return this.#viewerMessage;
  }
}

/**
 * Whether `value` is a `PassError`, also one made by another copy of this package (ES module and CommonJS side by side).
 */
export function isPassError(value: unknown): value is PassError {
  return typeof value === 'object' && value !== null && (value as { [brand]?: unknown })[brand] === true;
}
