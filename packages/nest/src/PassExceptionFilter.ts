import { Catch, Logger, type ArgumentsHost, type ExceptionFilter, type Type } from '@nestjs/common';
import { isHangUp, isPassError, problemAnswers, type PassError } from '@pass-dcr/core';

/** Nest asks with `instanceof` which filter an error is for; this answers for every copy of the core. */
const answerable = {
  [Symbol.hasInstance]: (error: unknown): boolean => isPassError(error) || isHangUp(error),
} as unknown as Type;

interface NodeResponse {
  readonly destroyed: boolean;
  readonly headersSent: boolean;
  writeHead(status: number, headers: Answer['headers']): { end(body: string): unknown };
  destroy(): unknown;
}

interface FastifyReply {
  readonly raw: NodeResponse;
  code(status: number): FastifyReply;
  headers(headers: Answer['headers']): FastifyReply;
  send(body: string): unknown;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** What Nest answers for an error that it does not know. */
const unknownError: Answer = {
  status: 500,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: { statusCode: 500, message: 'Internal server error' },
};

/**
 * Answers every `PassError` as `application/problem+json` (RFC 9457) with this server's own status, and `Retry-After`
 * where it helps, and logs it by Nest's `Logger`: as an error, or as `log` what is the device's own fault. All other errors are left to other filters, and so are those of GraphQL and microservices.
 *
 * A request whose client hung up while it waited ends here, because nobody is left to answer.
 *
 * `PassModule` registers it, unless its option `answersErrors` is false.
 */
@Catch(answerable)
export class PassExceptionFilter implements ExceptionFilter {
  readonly #logger = new Logger(PassExceptionFilter.name);
  readonly #problemOf = problemAnswers<unknown>({ onError: (error) => this.#log(error) });

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') return;
    const http = host.switchToHttp();
    const response = http.getResponse<NodeResponse | FastifyReply>();
    const problem = this.#problemOf(error, http.getRequest());
    if (problem !== undefined) answer(response, problem);
    else if (!rawOf(response).destroyed) {
      // The call was another request's, whose client hung up; this one's client waits.
      this.#logger.error(error);
      answer(response, unknownError);
    }
  }

  #log({ code, status, message, stack }: PassError): void {
    const told = `${code}: ${message}`;
    if (status < 500) this.#logger.log(told);
    else this.#logger.error(told, stack);
  }
}

function answer(response: NodeResponse | FastifyReply, { status, headers, body }: Answer): void {
  const raw = rawOf(response);
  // The client must not take half an answer for a whole one.
  if (raw.headersSent) raw.destroy();
  // Through Fastify, whose hooks add headers such as those of CORS.
  else if ('raw' in response) response.code(status).headers(headers).send(JSON.stringify(body));
  else response.writeHead(status, headers).end(JSON.stringify(body));
}

function rawOf(response: NodeResponse | FastifyReply): NodeResponse {
  return 'raw' in response ? response.raw : response;
}
