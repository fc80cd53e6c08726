import { isHangUp, problemAnswers, type ErrorHandlerOptions } from '@pass-dcr/core';
import type { ErrorRequestHandler, Request } from 'express';

export interface PassErrorHandlerOptions extends ErrorHandlerOptions<Request> {}

/**
 * Answers every `PassError` as `application/problem+json` (RFC 9457) with this server's own status, and `Retry-After`
 * where it helps, after `onError` was told. Other errors go on to the next error handler. Mount it after the routes.
 *
 * A request whose client hung up while it waited ends here, because nobody is left to answer.
 * @throws PassError `option_invalid`
 *
 * @example
 * app.use(passErrorHandler({ onError: (error) => console.error(error) }));
 */
export function passErrorHandler(options?: PassErrorHandlerOptions): ErrorRequestHandler {
  const problemOf = problemAnswers(options);
  return function answerPassError(error: unknown, request, response, next) {
    if (isHangUp(error, response)) return;
    const problem = problemOf(error, request);
    if (problem === undefined || response.headersSent) {
      next(error);
      return;
    }
    response.writeHead(problem.status, problem.headers).end(JSON.stringify(problem.body));
  };
}
