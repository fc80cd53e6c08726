import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort, host } from '../freePort.js';
import type { Address } from '../startRedis.js';
import { ProxiedConnection, type ConnectionCounts, type ProxyTraffic } from './ProxiedConnection.js';
import type { RespFrame } from './RespFrames.js';

interface Cut {
  readonly command: string | undefined;
  readonly happened: () => void;
}

interface Gates {
  readonly requestsPass: boolean;
  readonly repliesPass: boolean;
}

const attempts = 20;
const open: Gates = { requestsPass: true, repliesPass: true };

export interface TcpProxyOptions extends Address {
  /** As `TcpProxy.delayMs`. Default: 0. */
  readonly delayMs?: number;
}

/** Listens on 127.0.0.1 and passes connections to a server, until told otherwise. */
export async function startTcpProxy(options: TcpProxyOptions): Promise<TcpProxy> {
  const { host: targetHost, port, delayMs = 0 } = options;
  for (let attempt = 1; ; attempt += 1) {
    const proxy = new TcpProxy({ host: targetHost, port }, await freePort());
    try {
      await proxy.heal();
      proxy.delayMs = delayMs;
      return proxy;
    } catch (error) {
      if (attempt === attempts) throw error;
    }
  }
}

/** A network between clients and a server, which can fail. It counts what it sees of Redis' protocol, without TLS. */
export class TcpProxy {
  readonly host: string = host;
  readonly port: number;
  readonly url: string;
  /** By how much a round trip takes longer: every request is held so long. */
  delayMs = 0;
  #target: Address;
  #gates: Gates = open;
  #cuts: readonly Cut[] = [];
  #listener: Server | undefined;
  readonly #living = new Set<ProxiedConnection>();
  readonly #all: ProxiedConnection[] = [];

  /** @internal */
  constructor(target: Address, port: number) {
    this.#target = target;
    this.port = port;
    this.url = `redis://${host}:${port}`;
  }

  /** Every connection so far, in the order in which they came. */
  get connections(): readonly ConnectionCounts[] {
    return this.#all.map(({ counts }) => counts);
  }

  /** Of all connections; see `ConnectionCounts`. */
  get roundTrips(): number {
    return this.connections.reduce((sum, { roundTrips }) => sum + roundTrips, 0);
  }

  get bytes(): number {
    return this.connections.reduce((sum, counts) => sum + counts.bytesToServer + counts.bytesToClient, 0);
  }

  /** How many connections are open. */
  get openConnections(): number {
    return this.#living.size;
  }

  /**
   * Nothing gets through in either direction, on no connection, not even its end; new ones are accepted. It is held, as
   * the sender's kernel would hold and repeat it: `heal()` says what becomes of it.
   */
  blackHole(): void {
    this.#gates = { requestsPass: false, repliesPass: false };
  }

  /** As `blackHole()`, in one direction only: requests without replies, or replies without requests. */
  halfOpen(lost: 'requests' | 'replies'): void {
    this.#gates = { requestsPass: lost !== 'requests', repliesPass: lost !== 'replies' };
  }

  /**
   * The next request on any connection, or the next with that command such as `EVALSHA`, reaches the server and is
   * carried out; its connection then ends before a byte of its reply comes back. Resolves when that has happened.
   */
  cutReplyOnce({ command }: { readonly command?: string } = {}): Promise<void> {
    return new Promise((happened) => {
      this.#cuts = [...this.#cuts, { command: command?.toUpperCase(), happened }];
    });
  }

  /** As if the server had died: connections end, and further ones are refused. */
  async refuse(): Promise<void> {
    this.#destroyAll();
    const listener = this.#listener;
    this.#listener = undefined;
    if (listener === undefined) return;
    const closed = once(listener, 'close');
    listener.close();
    // Some may just have been accepted.
    this.#destroyAll();
    await closed;
  }

  /**
   * Undoes everything but `switchTo()`, `delayMs` too. What was held is delivered late, as TCP does when a cable is put
   * back; with `held: 'reset'` the connections that held something end instead.
   */
  async heal({ held = 'deliver' }: { readonly held?: 'deliver' | 'reset' } = {}): Promise<void> {
    this.#gates = open;
    this.delayMs = 0;
    this.#cuts = [];
    for (const connection of [...this.#living]) {
      if (held === 'reset' && connection.isHolding) connection.destroy();
      else connection.flush();
    }
    this.#listener ??= await this.#listen();
  }

  /** Connections end; new ones go to another server, as a service's address does after a failover. */
  switchTo({ host: targetHost, port }: Address): void {
    this.#target = { host: targetHost, port };
    this.#destroyAll();
  }

  async stop(): Promise<void> {
    await this.refuse();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #listen(): Promise<Server> {
    const listener = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
    listener.listen(this.port, this.host);
    await once(listener, 'listening');
    return listener;
  }

  #accept(client: Socket): void {
    const server = connect({ ...this.#target, allowHalfOpen: true });
    const connection = new ProxiedConnection(client, server, () => this.#traffic);
    this.#all.push(connection);
    this.#living.add(connection);
    const forget = (): void => {
      if (client.destroyed && server.destroyed) this.#living.delete(connection);
    };
    client.once('close', forget);
    server.once('close', forget);
  }

  get #traffic(): ProxyTraffic {
    return {
      ...this.#gates,
      delayMs: this.delayMs,
      claimsCut: (request) => this.#claimsCut(request),
    };
  }

  #claimsCut({ command }: RespFrame): (() => void) | undefined {
    const cut = this.#cuts.find((each) => each.command === undefined || each.command === command);
    if (cut === undefined) return undefined;
    this.#cuts = this.#cuts.filter((each) => each !== cut);
    return cut.happened;
  }

  #destroyAll(): void {
    for (const connection of [...this.#living]) connection.destroy();
  }
}
