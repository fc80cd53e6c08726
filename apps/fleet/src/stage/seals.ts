import type { RedisServer } from '@pass-dcr/redis-kit';

/** How many credentials each secret has sealed, by the name that the seal has of it. */
export async function seals(server: RedisServer): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  let cursor = '0';
  do {
    const reply = (await server.command('SCAN', cursor, 'MATCH', '*}:c', 'COUNT', 1_000)) as [
      string,
      string[],
    ];
    cursor = reply[0];
    const values =
      reply[1].length === 0 ? [] : ((await server.command('MGET', ...reply[1])) as (string | null)[]);
    for (const value of values) {
      const name = /e2\.([A-Za-z0-9_-]{2})/.exec(value ?? '')?.[1] ?? 'none';
      found.set(name, (found.get(name) ?? 0) + 1);
    }
  } while (cursor !== '0');
  return found;
}
