import type { Device, DeviceInfo } from '../device/Device.js';
import { ownIdentifier } from '../device/identifier.js';
import type { IncomingRequest } from './IncomingRequest.js';
import { RequestContext } from './RequestContext.js';

/**
 * The device that the server named, completed from the request that brought it, and that request's context. What the
 * server said of the device wins, and is what it said then: it may use one object for all requests.
 *
 * A view, not a copy, of the request: working out the address costs more than all else that a request with a token in
 * memory pays, so it waits until something is sent. A spread does not see the getters, which are the prototype's.
 */
export class RequestDevice extends RequestContext implements Device {
  // As in NodeRequest, declared only.
  declare readonly identifier: string | Uint8Array;
  declare readonly info: DeviceInfo | string | undefined;
  declare private readonly ownAddress: string | undefined;
  declare private readonly ownPort: number | undefined;
  declare private readonly ownUserAgent: string | undefined;

  constructor(declared: Device, request: IncomingRequest, source: unknown) {
    super(request, source);
    this.identifier = ownIdentifier(declared.identifier);
    this.info = declared.info;
    this.ownAddress = declared.address;
    this.ownPort = declared.port;
    this.ownUserAgent = declared.userAgent;
  }

  get address(): string | undefined {
    return this.ownAddress ?? this.request.address;
  }

  /** Behind a proxy the socket's port is the proxy's, and no header that could be trusted carries the device's. */
  get port(): number | undefined {
    if (this.ownPort !== undefined) return this.ownPort;
    if (this.ownAddress !== undefined) return undefined;
    const { address, socketAddress, socketPort } = this.request;
    return address !== undefined && address === socketAddress ? socketPort : undefined;
  }

  get userAgent(): string | undefined {
    return this.ownUserAgent ?? this.request.header('user-agent');
  }
}
