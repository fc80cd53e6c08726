import { NodeRequest, trustedAddress, trustsEveryProxy } from '@pass-dcr/core';
import type { Request } from 'express';

/** An Express request, version 4 or 5, in the words of the core. */
export class ExpressRequest extends NodeRequest<Request> {
  /** By the application's "trust proxy" setting; without it, the socket's address. */
  get address(): string | undefined {
    return trustedAddress(this.message, this.socketAddress);
  }

  get trustsEveryProxy(): boolean {
    return trustsEveryProxy(this.message);
  }
}
