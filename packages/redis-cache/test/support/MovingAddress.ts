import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Address } from './TestClient.js';

/** An address that follows the primary, as a name in DNS does: what is connected stays where it is. */
export class MovingAddress {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  target: Address;

  private constructor(server: Server, sockets: Set<Socket>, target: Address) {
    this.#server = server;
    this.#sockets = sockets;
    this.target = target;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(target: Address): Promise<MovingAddress> {
    const sockets = new Set<Socket>();
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = new MovingAddress(server, sockets, target);
    server.on('connection', (client) => {
      const upstream = connect(address.target.port, address.target.host);
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(from);
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
        from.pipe(to);
      }
    });
    return address;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
