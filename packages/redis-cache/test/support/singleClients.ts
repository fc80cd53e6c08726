import { GlideClient } from '@valkey/valkey-glide';
import type { RedisClient } from '@pass-dcr/redis-cache';
import { Redis as Valkey } from 'iovalkey';
import { Redis as Redis5 } from 'ioredis5';
import { Redis as Redis6 } from 'ioredis6';
import { createClient as createClient5 } from 'redis5';
import { createClient as createClient6 } from 'redis6';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A client of a driver, connected. */
export interface TestClient {
  readonly client: RedisClient;
  readonly end: () => Promise<void>;
}

export type ClientName = 'ioredis 5' | 'ioredis 6' | 'node-redis 5' | 'node-redis 6' | 'iovalkey' | 'glide';

/** A client of each driver for one server, with the driver's own settings. */
export const singleClients: Readonly<Record<ClientName, (address: Address) => Promise<TestClient>>> = {
  'ioredis 5': async ({ host, port }) => ofIoredis(new Redis5(port, host)),
  'ioredis 6': async ({ host, port }) => ofIoredis(new Redis6(port, host)),
  iovalkey: async ({ host, port }) => ofIoredis(new Valkey(port, host)),
  'node-redis 5': async (socket) => await ofNodeRedis(createClient5({ socket })),
  'node-redis 6': async (socket) => await ofNodeRedis(createClient6({ socket })),
  glide: async (address) => {
    const client = await GlideClient.createClient({ addresses: [address] });
    return { client, end: async () => client.close() };
  },
};

export const clientNames: readonly ClientName[] = Object.keys(singleClients) as ClientName[];

interface Ioredis {
  on(event: 'error', listener: () => void): unknown;
  disconnect(): void;
}

export function ofIoredis(client: Ioredis & RedisClient): TestClient {
  client.on('error', () => undefined);
  return { client, end: async () => client.disconnect() };
}

interface NodeRedis {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
}

export async function ofNodeRedis(client: NodeRedis & RedisClient): Promise<TestClient> {
  client.on('error', () => undefined);
  await client.connect();
  return {
    client,
    end: async () => {
      await client.destroy();
    },
  };
}
