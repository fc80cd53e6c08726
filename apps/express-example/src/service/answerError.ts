import { RequestError } from './RequestError.js';

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly title: string; readonly status: number };
}

/** The answer to what the adapter's error handler left. What went wrong here is for the log alone: see `logFailure`. */
export function answerError(error: unknown): ErrorAnswer {
  if (error instanceof RequestError) return answer(error.status, error.message, error.headers);
  const status = statusOf(error);
  return answer(status, status < 500 ? 'The request cannot be read.' : 'Internal error.');
}

/** Frameworks and their body parsers put a status of the caller's fault on their errors, by one of two names. */
function statusOf(error: unknown): number {
  const { status, statusCode } = (error ?? {}) as {
    readonly status?: unknown;
    readonly statusCode?: unknown;
  };
  const given = status ?? statusCode;
  return typeof given === 'number' && given >= 400 && given < 500 ? given : 500;
}

function answer(status: number, title: string, headers: Readonly<Record<string, string>> = {}): ErrorAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
    body: { title, status },
  };
}
