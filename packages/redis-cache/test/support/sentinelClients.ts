import { Redis as Redis5 } from 'ioredis5';
import { Redis as Redis6 } from 'ioredis6';
import { Redis as Valkey } from 'iovalkey';
import { createSentinel as createSentinel5 } from 'redis5';
import { createSentinel as createSentinel6 } from 'redis6';
import { ofIoredis, ofNodeRedis, type Address, type TestClient } from './TestClient.js';

export interface SentinelTarget {
  readonly name: string;
  readonly addresses: readonly Address[];
  /** Where to find what the Sentinels name. */
  readonly route: Route;
}

/** The address of each proxy, by `host:port` of the server behind it. */
export type Route = Readonly<Record<string, Address>>;

/** What each driver makes of Sentinels. Glide knows none. */
export const sentinelClients = {
  'ioredis 5': async (target: SentinelTarget): Promise<TestClient> => ofIoredis(new Redis5(ioredis(target))),
  'ioredis 6': async (target: SentinelTarget): Promise<TestClient> => ofIoredis(new Redis6(ioredis(target))),
  iovalkey: async (target: SentinelTarget): Promise<TestClient> => ofIoredis(new Valkey(ioredis(target))),
  'node-redis 5': async ({ name, addresses, route }: SentinelTarget): Promise<TestClient> =>
    await ofNodeRedis(
      createSentinel5({ name, sentinelRootNodes: [...addresses], nodeAddressMap: { ...route } }),
    ),
  'node-redis 6': async ({ name, addresses, route }: SentinelTarget): Promise<TestClient> =>
    await ofNodeRedis(
      createSentinel6({ name, sentinelRootNodes: [...addresses], nodeAddressMap: { ...route } }),
    ),
} as const;

function ioredis({ name, addresses, route }: SentinelTarget): {
  readonly name: string;
  readonly sentinels: Address[];
  readonly natMap: Record<string, Address>;
} {
  return { name, sentinels: [...addresses], natMap: { ...route } };
}
