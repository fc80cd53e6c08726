import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import { logRequest } from './service/index.js';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import { logToken } from './parts.module.js';

@Injectable()
export class RequestLogMiddleware implements NestMiddleware {
  constructor(@Inject(logToken) private readonly log: Logger) {}

  use(request: Request, response: Response, next: NextFunction): void {
    logRequest(this.log, request, response);
    next();
  }
}
