interface CodeTraits {
  /** Our own HTTP answer: 400 the caller's fault, 500 configuration, 502 upstream, 503 not now. */
  readonly status: 400 | 500 | 502 | 503;
  /** Whether the same call can succeed later with nothing changed. */
  readonly retryable: boolean;
  /** One sentence for the operator; the first line of the code's entry in docs/errors.md. */
  readonly title: string;
}

/** Every code a `PassError` can have. The table and docs/errors.md are checked against each other. */
export const errorTable = {
  option_invalid: { status: 500, retryable: false, title: 'An option is missing or wrong.' },
  software_statement_malformed: {
    status: 500,
    retryable: false,
    title: 'The software statement is not a JWT.',
  },
  secret_too_short: {
    status: 500,
    retryable: false,
    title: 'The secret is too short to protect stored credentials.',
  },
  secret_mismatch: { status: 500, retryable: false, title: 'The cache was written under another secret.' },
  middleware_missing: {
    status: 500,
    retryable: false,
    title: 'The pass middleware did not run for this request.',
  },
  property_taken: {
    status: 500,
    retryable: false,
    title: 'Another value already stands where the client is to be attached.',
  },
  request_path_invalid: {
    status: 500,
    retryable: false,
    title: 'The path does not name a resource below /api/v2/.',
  },
  device_missing: { status: 400, retryable: false, title: 'The request names no device.' },
  device_identifier_invalid: {
    status: 400,
    retryable: false,
    title: 'The device identifier cannot be used.',
  },
  header_invalid: { status: 400, retryable: false, title: 'A header value cannot be sent.' },
  cache_unavailable: { status: 503, retryable: true, title: 'The cache could not be read or written.' },
  cache_record_unreadable: { status: 503, retryable: true, title: 'A stored record cannot be opened.' },
  cache_format_unsupported: {
    status: 500,
    retryable: false,
    title: 'The cache was written by another version.',
  },
  cache_unsafe: {
    status: 500,
    retryable: false,
    title: 'The cache is not fit to keep credentials.',
  },
  software_statement_rejected: {
    status: 500,
    retryable: false,
    title: 'Adobe Pass does not accept the software statement.',
  },
  software_statement_doubted: {
    status: 503,
    retryable: true,
    title: 'Adobe Pass rejected a software statement that it took before, which may be a mistake.',
  },
  software_statement_unavailable: {
    status: 503,
    retryable: true,
    title: 'The software statement could not be had.',
  },
  registration_refused: {
    status: 500,
    retryable: false,
    title: 'Adobe Pass refused the registration request.',
  },
  registration_limited: { status: 503, retryable: true, title: 'Too many new devices at once.' },
  token_refused: { status: 500, retryable: false, title: 'Adobe Pass refused the access token request.' },
  client_credentials_rejected: {
    status: 503,
    retryable: true,
    title: 'Adobe Pass does not accept the credentials of the device.',
  },
  replacement_suspended: {
    status: 503,
    retryable: true,
    title: 'Too many devices lost their credentials at once; none is replaced.',
  },
  access_token_rejected: {
    status: 500,
    retryable: false,
    title: 'Adobe Pass rejects the access token, also a fresh one.',
  },
  application_not_accepted: {
    status: 500,
    retryable: false,
    title: 'The registered application does not cover the service provider, or is not accepted.',
  },
  upstream_throttled: {
    status: 503,
    retryable: true,
    title: 'Adobe Pass throttles the address of the device.',
  },
  upstream_unavailable: { status: 502, retryable: true, title: 'Adobe Pass cannot be reached or fails.' },
  upstream_response_invalid: {
    status: 502,
    retryable: true,
    title: 'Adobe Pass answered something that is no valid response.',
  },
  upstream_refused: { status: 502, retryable: false, title: 'Adobe Pass refused the call.' },
  deadline_exceeded: { status: 503, retryable: true, title: 'The answer did not come in time.' },
  closed: { status: 503, retryable: true, title: 'The server is shutting down.' },
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

export interface PassErrorDetails {
  /** Milliseconds until a retry can help. */
  readonly retryAfterMs?: number | undefined;
  readonly adobe?: AdobeFailure | undefined;
  /** Whether the viewer has to sign in with their provider again. */
  readonly viewerMustSignIn?: boolean | undefined;
  /** Overrides the code's own answer, where one code covers more than one case. */
  readonly retryable?: boolean | undefined;
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
  readonly adobe?: AdobeFailure;

  constructor(code: PassErrorCode, message: string, details: PassErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const traits: CodeTraits = errorTable[code];
    this.name = 'PassError';
    this.code = code;
    this.status = traits.status;
    this.expose = traits.status === 400;
    this.retryable = details.retryable ?? traits.retryable;
    this.viewerMustSignIn = details.viewerMustSignIn ?? false;
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
}

/**
 * Whether `value` is a `PassError`, also one made by another copy of this package (ES module and CommonJS side by side).
 */
export function isPassError(value: unknown): value is PassError {
  return typeof value === 'object' && value !== null && (value as { [brand]?: unknown })[brand] === true;
}
