import { errorTable, isPassError, type PassErrorCode } from '../errors.js';

const documentation = 'https://github.com/pass-dcr/pass-dcr/blob/main/docs/errors.md';

/** The members of the problem document. */
export interface ProblemBody {
  /** The documentation of the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Only where the fault is the caller's; what else went wrong is not told to a device. */
  readonly detail?: string;
  readonly code: PassErrorCode;
  readonly retryAfterMs?: number;
  /** Present and true where the viewer has to sign in with their provider again. */
  readonly viewerMustSignIn?: true;
}

export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemBody;
}

/**
 * A `PassError` as an HTTP answer; `undefined` for any other error, which is not this library's to answer.
 *
 * The status is this server's own: what Adobe Pass answered stays in `error.adobe`.
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export function toProblem(error: unknown): Problem | undefined {
  if (!isPassError(error)) return undefined;
  return {
    status: error.status,
    // Problems are about one request of one device; a shared cache must not repeat them to another.
    headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...error.headers },
    body: {
      type: `${documentation}#${error.code}`,
      title: titleOf(error.code),
      status: error.status,
      ...(error.expose ? { detail: error.message } : {}),
      code: error.code,
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      ...(error.viewerMustSignIn ? { viewerMustSignIn: true as const } : {}),
    },
  };
}

/** The error may come from a newer copy of this package, whose codes this one does not know. */
function titleOf(code: string): string {
  return Object.hasOwn(errorTable, code)
    ? errorTable[code as PassErrorCode].title
    : 'The request could not be served.';
}
