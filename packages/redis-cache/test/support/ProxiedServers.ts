import { startTcpProxy, type TcpProxy } from '@pass-dcr/redis-kit';
import type { Route } from './sentinelClients.js';
import type { Address } from './TestClient.js';

/** Servers behind proxies of their own, for one client. */
export class ProxiedServers {
  readonly addresses: readonly Address[];
  readonly route: Route;

  private constructor(
    servers: readonly Address[],
    readonly proxies: readonly TcpProxy[],
  ) {
    this.addresses = proxies.map(({ host, port }) => ({ host, port }));
    this.route = Object.fromEntries(
      servers.map(({ host, port }, index) => [`${host}:${port}`, this.addresses[index] ?? { host, port }]),
    );
  }

  static async start(servers: readonly Address[]): Promise<ProxiedServers> {
    return new ProxiedServers(
      servers,
      await Promise.all(servers.map(async ({ host, port }) => await startTcpProxy({ host, port }))),
    );
  }

  async cut(): Promise<void> {
    await Promise.all(this.proxies.map(async (proxy) => await proxy.refuse()));
  }

  stall(): void {
    for (const proxy of this.proxies) proxy.blackHole();
  }

  async stop(): Promise<void> {
    await Promise.all(this.proxies.map(async (proxy) => await proxy.stop()));
  }
}
