import type { OwnConnection } from '../drivers/RedisDriver.js';
import { parseInfo, type RedisInfo } from '../findings/parseInfo.js';
import { textOf } from '../scripts/replies.js';

/** Whether what the server answers to WAITAOF about its own disk is true. Asked once for each connection. Never rejects. */
export async function tellsOfItsDisk(connection: OwnConnection): Promise<boolean> {
  const ask = async (...command: readonly string[]): Promise<unknown> => {
    const [reply] = await connection.sendTogether([command]);
    return reply?.status === 'fulfilled' ? reply.value : undefined;
  };
  try {
    if (waitsForTheFlush(parseInfo(textOf(await ask('INFO', 'server')) ?? ''))) return true;
    // A flush of each write comes before the answer to the write.
    return settingIn(await ask('CONFIG', 'GET', 'appendfsync')) === 'always';
  } catch {
    return false;
  }
}

/**
 * Whether its WAITAOF does in any setting. That of Redis 7.4 and of Valkey from 8 on does not where the file is flushed once
 * a second: what was written within a second of the last flush counts as flushed. Redis 8 has that repaired, Valkey 9.1 has
 * not. https://github.com/redis/redis/pull/13793
 */
export function waitsForTheFlush(info: RedisInfo): boolean {
  const valkey = versionOf(info.get('valkey_version'));
  if (valkey !== undefined) return valkey < 8;
  const redis = versionOf(info.get('redis_version'));
  return redis !== undefined && (redis < 7.04 || redis >= 8);
}

/** `7.4.1` as 7.04, so that versions can be compared. */
function versionOf(text: string | undefined): number | undefined {
  const [, major, minor] = /^(\d+)\.(\d{1,2})\b/.exec(text ?? '') ?? [];
  return major === undefined ? undefined : Number(major) + Number(minor) / 100;
}

/** A reply to CONFIG GET of one name: a list of it and its value, or in RESP3 a map, which clients give in two ways. */
function settingIn(reply: unknown): string | undefined {
  const value: unknown = Array.isArray(reply)
    ? reply[1]
    : reply instanceof Map
      ? [...reply.values()][0]
      : Object.values(reply ?? {})[0];
  return textOf(value) ?? undefined;
}
