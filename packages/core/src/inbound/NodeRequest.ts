import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { IncomingRequest, PendingResponse } from './IncomingRequest.js';

const peerAddress: unique symbol = Symbol('peerAddress');

interface AskedSocket extends Pick<Socket, 'remoteAddress' | 'remotePort'> {
  [peerAddress]?: string | undefined;
}

/**
 * What a framework on top of `node:http` knows of a request, but for the client's address, which each framework works
 * out by its own proxy settings: a subclass says it. Made for every request, so it only remembers references.
 *
 * @example
 * class ExpressRequest extends NodeRequest<express.Request> {
 *   get address(): string | undefined {
 *     return this.message.ip;
 *   }
 * }
 */
export abstract class NodeRequest<
  Message extends IncomingMessage = IncomingMessage,
> implements IncomingRequest {
  // Declared only: fields that the class defines, and #private ones, would be set twice for every request.
  declare protected readonly message: Message;
  declare readonly response: PendingResponse;

  constructor(message: Message, response: PendingResponse) {
    this.message = message;
    this.response = response;
  }

  abstract get address(): string | undefined;

  get method(): string {
    return this.message.method ?? 'GET';
  }

  header(name: string): string | undefined {
    const value = this.message.headers[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Kept on the socket: Node is slow to tell it, and connections bring many requests. A test's request may have none. */
  get socketAddress(): string | undefined {
    const socket = this.message.socket as AskedSocket | undefined;
    const known = socket?.[peerAddress];
    if (known !== undefined || socket === undefined) return known;
    const { remoteAddress } = socket;
    // Nothing can be kept on one that is frozen.
    Reflect.set(socket, peerAddress, remoteAddress);
    return remoteAddress;
  }

  get socketPort(): number | undefined {
    return (this.message.socket as AskedSocket | undefined)?.remotePort;
  }
}
