import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** What Nest itself logs. What it says while it starts is for debugging. */
export class PinoLogger implements LoggerService {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  log(message: unknown, ...details: unknown[]): void {
    this.#log.debug({ details }, String(message));
  }

  warn(message: unknown, ...details: unknown[]): void {
    this.#log.warn({ details }, String(message));
  }

  error(message: unknown, ...details: unknown[]): void {
    this.#log.error({ details }, String(message));
  }
}
