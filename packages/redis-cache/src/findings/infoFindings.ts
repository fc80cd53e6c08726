import type { CacheFinding } from '@pass-dcr/core';
import type { RedisInfo } from './parseInfo.js';

const oldestMajor = 6;
const fullAt = 0.8;

/** What the answer of one primary to INFO says. A field that a server does not give says nothing. */
export function infoFindings(info: RedisInfo): readonly CacheFinding[] {
  const { isReplica } = roleOf(info);
  return [
    ...versionFindings(info),
    ...(isReplica ? [replica] : []),
    ...memoryFindings(info),
    ...persistenceFindings(info),
    ...(isReplica ? [] : replicationFindings(info)),
  ];
}

const replica: CacheFinding = {
  level: 'error',
  code: 'redis_is_replica',
  message:
    'The client is connected to a replica, which takes no writes: connect it to the primary, through Sentinel or the address that follows it. A replica can be the reader.',
};

function roleOf(info: RedisInfo): { readonly isReplica: boolean } {
  return { isReplica: info.get('role') === 'slave' };
}

function versionFindings(info: RedisInfo): readonly CacheFinding[] {
  const redis = info.get('redis_version');
  if (redis === undefined) return [];
  const valkey = info.get('valkey_version');
  const name = valkey === undefined ? `Redis ${redis}` : `Valkey ${valkey}`;
  const mode = info.get('cluster_enabled') === '1' ? 'cluster' : (info.get('redis_mode') ?? 'standalone');
  const server = { level: 'info', code: 'redis_server', message: `${name}, ${mode}.` } as const;
  if (Number.parseInt(redis, 10) >= oldestMajor) return [server];
  return [
    {
      level: 'error',
      code: 'redis_too_old',
      message: `${name} is not supported: use Redis 6 or later, or Valkey.`,
    },
    server,
  ];
}

function memoryFindings(info: RedisInfo): readonly CacheFinding[] {
  const policy = info.get('maxmemory_policy');
  if (policy?.startsWith('allkeys-') === true) {
    return [
      {
        level: 'error',
        code: 'redis_evicts_credentials',
        message: `maxmemory-policy is ${policy}: when memory is full Redis deletes credentials, and their viewers are signed out. Set volatile-ttl or noeviction.`,
      },
    ];
  }
  const [used, limit] = [Number(info.get('used_memory')), Number(info.get('maxmemory'))];
  if (policy !== 'noeviction' || !(limit > 0) || !(used / limit > fullAt)) return [];
  return [
    {
      level: 'warning',
      code: 'redis_nearly_full',
      message: `Redis uses ${Math.floor((100 * used) / limit)} % of maxmemory, and evicts nothing: when it is full, no device can be registered and no token stored. Give it more memory.`,
    },
  ];
}

function persistenceFindings(info: RedisInfo): readonly CacheFinding[] {
  if (info.get('aof_enabled') !== '0') return [];
  const saved = hasSaved(info)
    ? '; what was written since the last snapshot is lost with the process'
    : ', and Redis has saved no snapshot since it started: everything is lost with the process';
  return [
    {
      level: 'warning',
      code: 'redis_not_durable',
      message: `The append-only file is off${saved}. Set appendonly yes, or have a replica that does.`,
    },
  ];
}

function hasSaved(info: RedisInfo): boolean {
  const saves = info.get('rdb_saves');
  if (saves !== undefined) return Number(saves) > 0;
  // Before version 7: the time of the last one is that of the start, if there was none.
  const [now, uptime] = [Number(info.get('server_time_usec')) / 1e6, Number(info.get('uptime_in_seconds'))];
  const lastSave = Number(info.get('rdb_last_save_time'));
  return !(lastSave - (now - uptime) < 2);
}

function replicationFindings(info: RedisInfo): readonly CacheFinding[] {
  const replicas = info.get('connected_slaves');
  if (replicas === undefined) return [];
  if (Number(replicas) === 0) {
    const message =
      'No replica is connected: while this server is away no device is registered, and if it is lost, so are all credentials that are not on its disk.';
    return [
      { level: info.get('aof_enabled') === '0' ? 'warning' : 'info', code: 'redis_no_replica', message },
    ];
  }
  if (info.has('min_slaves_good_slaves')) return [];
  const message =
    'min-replicas-to-write is not set: a primary that is cut off from its replicas goes on to acknowledge credentials, which are lost when it comes back. Set it to 1, with min-replicas-max-lag 10.';
  return [{ level: 'info', code: 'redis_accepts_isolated_writes', message }];
}
