import { isHangUp, toProblem } from '@pass-dcr/core';
import type { ErrorRequestHandler } from 'express';

/**
 * Answers every `PassError` as `application/problem+json` (RFC 9457) with this server's own status, and `Retry-After`
 * where it helps. Other errors go on to the next error handler. Mount it after the routes.
 *
 * A request whose client hung up while it waited ends here, because nobody is left to answer.
 */
export function passErrorHandler(): ErrorRequestHandler {
  return function answerPassError(error: unknown, _request, response, next) {
    if (isHangUp(error, response)) return;
    const problem = toProblem(error);
    if (problem === undefined || response.headersSent) {
      next(error);
      return;
    }
    response.writeHead(problem.status, problem.headers).end(JSON.stringify(problem.body));
  };
}
