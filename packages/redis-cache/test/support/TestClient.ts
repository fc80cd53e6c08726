import { setTimeout } from 'node:timers/promises';
import type { RedisClient } from '@pass-dcr/redis-cache';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A client of a driver, as a server has it. */
export interface TestClient {
  readonly client: RedisClient;
  readonly end: () => Promise<void>;
}

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
  const end = async (): Promise<void> => {
    // Version 5 complains of connections that have ended before, and its Sentinel waits for them.
    const destroyed = Promise.resolve(client)
      .then((each) => each.destroy())
      .catch(() => undefined);
    await Promise.race([destroyed, setTimeout(500)]);
  };
  return { client, end };
}

export function ofGlide(client: RedisClient & { close(): void }): TestClient {
  return { client, end: async () => client.close() };
}
