import { Redis } from 'ioredis';
import { kitUser } from './kitUser.js';

const commandLimitMs = 10_000;
const reconnectMs = 20;

/** The kit's own connection to a server, which comes back by itself. */
export class CommandConnection {
  readonly #client: Redis;

  constructor(host: string, port: number) {
    this.#client = new Redis({
      host,
      port,
      ...kitUser,
      // The replies of the oldest servers and of the newest look the same.
      protocol: 2,
      disableClientInfo: true,
      connectionName: 'pass-dcr-kit',
      lazyConnect: true,
      retryStrategy: () => reconnectMs,
      maxRetriesPerRequest: null,
      commandTimeout: commandLimitMs,
    });
    // Commands tell their caller; ioredis would print what it says to nobody.
    this.#client.on('error', () => {});
  }

  async send(command: string, ...args: readonly (string | number)[]): Promise<unknown> {
    return await this.#client.call(command, ...args);
  }

  close(): void {
    this.#client.disconnect();
  }
}
