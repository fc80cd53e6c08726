import { GlideClient, Logger } from '@valkey/valkey-glide';
import { Redis as Redis5 } from 'ioredis5';
import { Redis as Redis6 } from 'ioredis6';
import { Redis as Valkey } from 'iovalkey';
import { createClient as createClient5 } from 'redis5';
import { createClient as createClient6 } from 'redis6';
import { ofGlide, ofIoredis, ofNodeRedis, type Address, type TestClient } from './TestClient.js';
import { tried } from './tried.js';

// Its core prints every lost connection.
Logger.setLoggerConfig('off');

/** A client of each driver for one server, with the driver's own settings. */
export const singleClients = {
  'ioredis 5': async ({ host, port }: Address): Promise<TestClient> => ofIoredis(new Redis5(port, host)),
  'ioredis 6': async ({ host, port }: Address): Promise<TestClient> => ofIoredis(new Redis6(port, host)),
  iovalkey: async ({ host, port }: Address): Promise<TestClient> => ofIoredis(new Valkey(port, host)),
  'node-redis 5': async ({ host, port }: Address): Promise<TestClient> =>
    await ofNodeRedis(createClient5({ socket: { host, port } })),
  'node-redis 6': async ({ host, port }: Address): Promise<TestClient> =>
    await ofNodeRedis(createClient6({ socket: { host, port } })),
  glide: async ({ host, port }: Address): Promise<TestClient> =>
    ofGlide(await GlideClient.createClient({ addresses: [{ host, port }], requestTimeout: 5000 })),
} as const;

export type ClientName = keyof typeof singleClients;

/** Those that this run tries. */
export const clientNames: readonly ClientName[] = tried(Object.keys(singleClients) as ClientName[]);
