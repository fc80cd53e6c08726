import type { IncomingRequest, PendingResponse } from '@pass-dcr/core';
import type { Request, Response } from 'express';

/** An Express request, version 4 or 5, in the words of the core. */
export class ExpressRequest implements IncomingRequest {
  readonly #request: Request;
  readonly response: PendingResponse;

  constructor(request: Request, response: Response) {
    this.#request = request;
    this.response = response;
  }

  get method(): string {
    return this.#request.method;
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** By the application's "trust proxy" setting; without it, the socket's address. */
  get address(): string | undefined {
    return this.#request.ip;
  }

  get socketAddress(): string | undefined {
    return this.#request.socket.remoteAddress;
  }

  get socketPort(): number | undefined {
    return this.#request.socket.remotePort;
  }
}
