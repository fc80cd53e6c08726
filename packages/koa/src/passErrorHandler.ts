import { isHangUp, problemAnswers, type ErrorHandlerOptions, type ProblemAnswers } from '@pass-dcr/core';
import type { ExtendableContext, Next } from 'koa';

export interface PassErrorHandlerOptions extends ErrorHandlerOptions<ExtendableContext> {}

/**
 * Answers every `PassError` as `application/problem+json` (RFC 9457) with this server's own status, and `Retry-After`
 * where it helps, after `onError` was told. Other errors go on to the middleware before it, and to Koa. Mount it before
 * `passMiddleware`.
 *
 * Each answered error is also emitted as the application's `error` event, as Koa does with those that it answers. A
 * request whose client hung up while it waited ends here without one: nobody is left to answer.
 * @throws PassError `option_invalid`
 *
 * @example
 * app.use(passErrorHandler({ onError: (error, ctx) => console.error(ctx.path, error) }));
 */
export function passErrorHandler(
  options?: PassErrorHandlerOptions,
): (context: ExtendableContext, next: Next) => Promise<void> {
  const problemOf = problemAnswers(options);
  return async function answerPassErrors(context, next) {
    try {
      await next();
    } catch (error) {
      answer(context, error, problemOf);
    }
  };
}

/** @throws what it cannot answer */
function answer(
  context: ExtendableContext,
  error: unknown,
  problemOf: ProblemAnswers<ExtendableContext>,
): void {
  if (isHangUp(error, context.res)) {
    // As nginx has it: an access log would show Koa's initial 404, of a route that exists.
    context.status = 499;
    return;
  }
  const problem = problemOf(error, context);
  if (problem === undefined || context.headerSent) throw error;
  context.status = problem.status;
  context.set(problem.headers);
  // As a text: Koa 2 gives every object the type application/json.
  context.body = JSON.stringify(problem.body);
  // A handler that had taken over the response has not begun it.
  context.respond = true;
  context.app.emit('error', error, context);
}
