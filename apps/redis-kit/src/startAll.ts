import type { RedisServer } from './RedisServer.js';

/** Starts several at once: all of them, or none. */
export async function startAll(starts: readonly Promise<RedisServer>[]): Promise<readonly RedisServer[]> {
  const results = await Promise.allSettled(starts);
  const failure = results.find((result) => result.status === 'rejected');
  const servers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failure === undefined) return servers;
  await stopAll(servers);
  throw failure.reason;
}

export async function stopAll(servers: readonly RedisServer[]): Promise<void> {
  await Promise.all(servers.map(async (server) => await server.stop()));
}
