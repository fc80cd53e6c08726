import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { answerError, RequestError } from './service/index.js';
import type { Response } from 'express';

@Catch(RequestError)
export class RequestErrorFilter implements ExceptionFilter<RequestError> {
  catch(error: RequestError, host: ArgumentsHost): void {
    const { status, headers, body } = answerError(error);
    host.switchToHttp().getResponse<Response>().status(status).set(headers).json(body);
  }
}
