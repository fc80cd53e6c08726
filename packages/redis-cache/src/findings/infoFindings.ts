import type { CacheFinding } from '@pass-dcr/core';
import type { DeclaredDurability } from '../RedisCacheOptions.js';
import type { RedisInfo } from './parseInfo.js';

const oldestMajor = 6;
const fullAt = 0.8;

/** What is known of the primary, or declared of its service, beside its answer to INFO. */
export interface KnownOfPrimary {
  /** Of the client: it does not go where a node of a Cluster sends it. */
  readonly isForOneServer: boolean;
  /** Of the client: the cache can have it make its connection anew. */
  readonly reconnects: boolean;
  readonly durability: DeclaredDurability | undefined;
  readonly maxmemoryPolicy: string | undefined;
}

/** What the answer of one primary to INFO says, and what it leaves open that has to be known. */
export function infoFindings(info: RedisInfo, known: KnownOfPrimary): readonly CacheFinding[] {
  const isReplica = info.get('role') === 'slave';
  return [
    ...versionFindings(info),
    ...(known.isForOneServer && info.get('cluster_enabled') === '1' ? [cluster] : []),
    ...(isReplica ? [replicaFinding(known.reconnects)] : []),
    ...memoryFindings(info, known.maxmemoryPolicy),
    ...durabilityFindings(info, known.durability),
    ...(isReplica ? [] : replicationFindings(info, known.durability)),
  ];
}

/** A client for one server finds the devices of one node at best. */
export const cluster: CacheFinding = {
  level: 'error',
  code: 'redis_is_cluster',
  message:
    'This client is for one server, and Redis is a Cluster: what is on another node is neither read nor written. Make it with Cluster (ioredis), createCluster (redis) or GlideClusterClient.',
};

function replicaFinding(reconnects: boolean): CacheFinding {
  const next = reconnects
    ? 'If there was a failover, this is the old connection, and it is made anew until its address leads to the primary'
    : 'If there was a failover, this is the old connection, which this client keeps: connect through Sentinel, or restart this process';
  return {
    level: 'error',
    code: 'redis_is_replica',
    message: `The client is connected to a replica, which takes no writes: connect it to the primary, through Sentinel or the address that follows it. ${next}. A replica can be the reader.`,
  };
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

/** Those under which what never expires is never deleted. Whatever else a vendor has is not known to be one of them. */
const keepsWhatNeverExpires = /^(?:noeviction|volatile-[a-z]+)$/;

function memoryFindings(info: RedisInfo, declaredPolicy: string | undefined): readonly CacheFinding[] {
  const policy = info.get('maxmemory_policy') ?? declaredPolicy;
  if (policy === undefined) {
    const why = info.size === 0 ? 'INFO is empty' : 'INFO does not show maxmemory_policy';
    return [cannotVerify(why)];
  }
  if (policy.startsWith('allkeys-')) {
    return [
      {
        level: 'error',
        code: 'redis_evicts_credentials',
        message: `maxmemory-policy is ${wordOf(policy)}: when memory is full Redis deletes credentials, and their viewers are signed out. Set volatile-ttl or noeviction.`,
      },
    ];
  }
  if (!keepsWhatNeverExpires.test(policy))
    return [cannotVerify(`maxmemory-policy is ${wordOf(policy)}, which is none that is known`)];
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

/** `why`: what is missing, as the beginning of a sentence. */
export function cannotVerify(why: string): CacheFinding {
  return {
    level: 'warning',
    code: 'redis_cannot_verify',
    message: `${why}: whether Redis deletes credentials when its memory is full cannot be seen. Allow +info; where the service does not tell, look at its settings, and say what they are by the option maxmemoryPolicy.`,
    failsStrict: true,
  };
}

/** A server's own word, as far as it is one. */
function wordOf(policy: string): string {
  return /^[\w-]{1,40}$/.test(policy) ? policy : 'no word';
}

function durabilityFindings(
  info: RedisInfo,
  declared: DeclaredDurability | undefined,
): readonly CacheFinding[] {
  if (declared === 'asynchronous') {
    const message =
      'The service acknowledges writes before they are durable: a failover may lose those of its last seconds. Switch it to synchronous durability where it offers that.';
    return [{ level: 'warning', code: 'redis_not_durable', message }];
  }
  if (hasLog(info, declared) || info.get('aof_enabled') !== '0') return [];
  const saved = hasSaved(info)
    ? '; what was written since the last snapshot is lost with the process'
    : ', and Redis has saved no snapshot since it started: everything is lost with the process';
  return [
    {
      level: 'warning',
      code: 'redis_not_durable',
      message: `The append-only file is off${saved}. Set appendonly yes, or have a replica that does. Where the service keeps writes in a log of its own, say so by the option durability.`,
    },
  ];
}

/** Of services that acknowledge a write once it is in a log of theirs, of which INFO says nothing. */
function hasLog(info: RedisInfo, declared: DeclaredDurability | undefined): boolean {
  return declared === 'synchronous' || info.get('os') === 'Amazon MemoryDB';
}

function hasSaved(info: RedisInfo): boolean {
  const saves = info.get('rdb_saves');
  if (saves !== undefined) return Number(saves) > 0;
  // Before version 7: the time of the last one is that of the start, if there was none.
  const [now, uptime] = [Number(info.get('server_time_usec')) / 1e6, Number(info.get('uptime_in_seconds'))];
  const lastSave = Number(info.get('rdb_last_save_time'));
  return !(lastSave - (now - uptime) < 2);
}

function replicationFindings(
  info: RedisInfo,
  declared: DeclaredDurability | undefined,
): readonly CacheFinding[] {
  const replicas = info.get('connected_slaves');
  if (replicas === undefined) return [];
  if (Number(replicas) === 0) {
    const message =
      'No replica is connected: while this server is away no device is registered, and if it is lost, so are all credentials that are not on its disk.';
    return [
      {
        level: hasLog(info, declared) || info.get('aof_enabled') !== '0' ? 'info' : 'warning',
        code: 'redis_no_replica',
        message,
      },
    ];
  }
  if (info.has('min_slaves_good_slaves')) return [];
  const message =
    'min-replicas-to-write is not set: a primary that is cut off from its replicas goes on to acknowledge credentials, which are lost when it comes back. Set it to 1, with min-replicas-max-lag 10.';
  return [{ level: 'info', code: 'redis_accepts_isolated_writes', message }];
}
