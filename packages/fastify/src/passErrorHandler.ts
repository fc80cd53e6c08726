import { isHangUp, problemAnswers, type ErrorHandlerOptions } from '@pass-dcr/core';
import type { FastifyReply, FastifyRequest, RawServerBase, RouteGenericInterface } from 'fastify';

type AnyRequest = FastifyRequest<RouteGenericInterface, RawServerBase>;
type AnyReply = FastifyReply<RouteGenericInterface, RawServerBase>;

export interface PassErrorHandlerOptions extends ErrorHandlerOptions<AnyRequest> {}

/**
 * Answers every `PassError` as `application/problem+json` (RFC 9457) with this server's own status, and `Retry-After`
 * where it helps, and logs it as Fastify would, after `onError` was told. Other errors go on to the error handler of the
 * scope around, and to Fastify's own. A request whose client hung up while it waited ends here: nobody is left to answer.
 * @throws PassError `option_invalid`
 *
 * @example
 * app.setErrorHandler(passErrorHandler());
 */
export function passErrorHandler(
  options?: PassErrorHandlerOptions,
): (error: unknown, request: AnyRequest, reply: AnyReply) => AnyReply {
  const problemOf = problemAnswers(options);
  return function answerPassError(error, request, reply) {
    // The error may also come of a call that this request shares with the one that hung up.
    if (isHangUp(error, reply.raw)) {
      request.log.info({ err: error }, 'The client hung up while it waited.');
      return reply.hijack();
    }
    const problem = problemOf(error, request);
    if (problem === undefined) {
      // Fastify would send anything else than an Error as the answer, with status 200.
      if (!(error instanceof Error)) reply.code(500);
      return reply.send(error);
    }
    request.log[problem.status < 500 ? 'info' : 'error']({ err: error }, problem.body.title);
    if (reply.raw.headersSent) {
      // Cut off, what has been sent is not taken for the whole answer.
      reply.raw.destroy();
      return reply.hijack();
    }
    // As bytes: Fastify changes the media type of a text, and puts an object through the response schema of the route.
    return reply
      .code(problem.status)
      .headers(problem.headers)
      .send(Buffer.from(JSON.stringify(problem.body)));
  };
}
