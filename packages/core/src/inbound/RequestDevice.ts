import type { Device, DeviceInfo } from '../device/Device.js';
import { HeaderDevice } from './HeaderDevice.js';
import type { IncomingRequest } from './IncomingRequest.js';
import { RequestContext } from './RequestContext.js';

/**
 * The device that the server named, completed from the request that brought it, and that request's context. What the
 * server said of the device wins.
 *
 * A view, not a copy: working out the address costs more than all else that a request with a token in memory pays, so
 * it waits until something is sent. The members are getters of the prototype; a spread does not see them.
 */
export class RequestDevice extends RequestContext implements Device {
  // As in NodeRequest, declared only.
  declare private readonly declared: Device;

  constructor(declared: Device, request: IncomingRequest) {
    super(request);
    this.declared = declared;
  }

  get identifier(): string | Uint8Array {
    return this.declared.identifier;
  }

  get info(): DeviceInfo | string | undefined {
    return this.declared instanceof HeaderDevice ? this.declared.readInfo() : this.declared.info;
  }

  get address(): string | undefined {
    return this.declared.address ?? this.request.address;
  }

  /** Behind a proxy the socket's port is the proxy's, and no header that could be trusted carries the device's. */
  get port(): number | undefined {
    if (this.declared.port !== undefined) return this.declared.port;
    const { address, socketAddress, socketPort } = this.request;
    const isDirect =
      this.declared.address === undefined && address !== undefined && address === socketAddress;
    return isDirect ? socketPort : undefined;
  }

  get userAgent(): string | undefined {
    return this.declared.userAgent ?? this.request.header('user-agent');
  }
}
