import { checkOptions } from '../checkOptions.js';
import { isPassError, type PassError } from '../errors.js';
import * as check from '../optionChecks.js';
import { publishFailure } from '../publishFailure.js';
import { toProblem, type Problem } from './toProblem.js';

/** What the error handler of every adapter takes. `Request` is what the framework hands to an error handler. */
export interface ErrorHandlerOptions<Request> {
  /**
   * Called with each `PassError` before it is answered, for a log or a report: its message says what failed, what was
   * received and what to do, and holds no secret. Not for errors that are not this library's, nor for a client that hung
   * up. What it throws is the framework's to answer.
   */
  readonly onError?: ((error: PassError, request: Request) => void) | undefined;
}

/** An error as its answer, after whoever has to know of it was told; `undefined`: not this library's to answer. */
export type ProblemAnswers<Request> = (error: unknown, request: Request) => Problem | undefined;

/**
 * What an adapter's error handler makes once, when it is made itself. An error that has not been published is, so that
 * operators see what their callers are told.
 * @throws PassError `option_invalid`
 *
 * @example
 * const answerTo = problemAnswers<IncomingMessage>({ onError: (error) => console.error(error) });
 * const problem = answerTo(error, request);
 */
export function problemAnswers<Request>(options: ErrorHandlerOptions<Request> = {}): ProblemAnswers<Request> {
  const { onError } = checkOptions(options, checks, {
    whole: 'passErrorHandler options',
    hint: 'there is onError; the handler is what passErrorHandler() returns',
  });
  const tell = onError as ErrorHandlerOptions<Request>['onError'];
  return (error, request) => {
    const problem = toProblem(publishFailure(error));
    if (tell !== undefined && isPassError(error)) tell(error, request);
    return problem;
  };
}

const checks = {
  onError: check.optional(check.that('must be a function that takes an error and its request', isFunction)),
} satisfies Readonly<Record<keyof ErrorHandlerOptions<never>, unknown>>;

function isFunction(value: unknown): value is (...args: never[]) => void {
  return typeof value === 'function';
}
