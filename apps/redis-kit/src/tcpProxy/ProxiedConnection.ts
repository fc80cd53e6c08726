import type { Socket } from 'node:net';
import { Lane } from './Lane.js';
import { RespFrames, type RespFrame } from './RespFrames.js';

/** What a proxy does at the moment, to all its connections. */
export interface ProxyTraffic {
  readonly requestsPass: boolean;
  readonly repliesPass: boolean;
  /** How long a request is held. */
  readonly delayMs: number;
  /** Asked for each request: whom to tell when its reply was cut; `undefined` where it comes back. */
  claimsCut(request: RespFrame): (() => void) | undefined;
}

export interface ConnectionCounts {
  /**
   * How often a client had to wait: each begins with bytes of the client that come when every earlier request has its
   * whole reply. What is sent before that, as in a pipeline, is part of the same one.
   */
  readonly roundTrips: number;
  readonly requests: number;
  readonly bytesToServer: number;
  readonly bytesToClient: number;
}

export class ProxiedConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #traffic: () => ProxyTraffic;
  readonly #lanes: { readonly toServer: Lane; readonly toClient: Lane };
  readonly #requests: RespFrames = new RespFrames();
  readonly #replies: RespFrames = new RespFrames();
  #counts: ConnectionCounts = { roundTrips: 0, requests: 0, bytesToServer: 0, bytesToClient: 0 };
  #answered = 0;
  /** The request whose reply is not to come back. */
  #cut: { readonly number: number; readonly happened: () => void } | undefined;

  constructor(client: Socket, server: Socket, traffic: () => ProxyTraffic) {
    this.#client = client;
    this.#server = server;
    this.#traffic = traffic;
    this.#lanes = {
      toServer: new Lane(client, server, {
        isOpen: () => traffic().requestsPass,
        delayMs: () => traffic().delayMs,
      }),
      toClient: new Lane(server, client, { isOpen: () => traffic().repliesPass, delayMs: () => 0 }),
    };
    // What follows an error is the end of the connection, which is passed on.
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', () => {});
    client.on('data', (chunk: Buffer) => this.#request(chunk));
    server.on('data', (chunk: Buffer) => this.#reply(chunk));
  }

  get counts(): ConnectionCounts {
    return this.#counts;
  }

  get isHolding(): boolean {
    return this.#lanes.toServer.isHolding || this.#lanes.toClient.isHolding;
  }

  flush(): void {
    this.#lanes.toServer.flush();
    this.#lanes.toClient.flush();
  }

  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #request(chunk: Buffer): void {
    const { roundTrips, requests, bytesToServer } = this.#counts;
    const begins = this.#answered >= requests && !this.#requests.isInsideFrame;
    const frames = this.#requests.push(chunk);
    this.#counts = {
      ...this.#counts,
      roundTrips: roundTrips + (begins ? 1 : 0),
      requests: requests + frames.length,
      bytesToServer: bytesToServer + chunk.length,
    };
    for (const [index, frame] of frames.entries()) {
      if (this.#cut !== undefined) break;
      const happened = this.#traffic().claimsCut(frame);
      if (happened !== undefined) this.#cut = { number: requests + index + 1, happened };
    }
    if (!this.#lanes.toServer.send(chunk)) this.#client.pause();
  }

  #reply(chunk: Buffer): void {
    const ends = this.#replies
      .push(chunk)
      .filter(({ isPush }) => !isPush)
      .map(({ endInChunk }) => endInChunk);
    if (this.#cut === undefined) return this.#forward(chunk, ends.length);
    const allowed = this.#cut.number - 1 - this.#answered;
    const allowedBytes = allowed === 0 ? 0 : ends[allowed - 1];
    if (allowedBytes === undefined || allowedBytes === chunk.length) return this.#forward(chunk, ends.length);
    if (allowedBytes > 0) this.#forward(chunk.subarray(0, allowedBytes), allowed);
    this.#lanes.toClient.close();
    this.#server.destroy();
    this.#cut.happened();
  }

  #forward(bytes: Buffer, replies: number): void {
    this.#answered += replies;
    this.#counts = { ...this.#counts, bytesToClient: this.#counts.bytesToClient + bytes.length };
    if (!this.#lanes.toClient.send(bytes)) this.#server.pause();
  }
}
