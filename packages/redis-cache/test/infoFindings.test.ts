import { describe, expect, it } from 'vitest';
import { infoFindings, type KnownOfPrimary } from '../src/findings/infoFindings.js';
import { mergeFindings } from '../src/findings/mergeFindings.js';
import { parseInfo } from '../src/findings/parseInfo.js';

/** Of a Redis 7.0.15 with append-only file and a replica that must be there, shortened. */
const good = `# Server
redis_version:7.0.15
redis_git_sha1:00000000
redis_mode:standalone
os:Linux 6.1.0-18-amd64 x86_64
run_id:ea88e30b2edbfdf85a5c5fb2fa3a2e25b4fdb2a7
tcp_port:6379
server_time_usec:1795257600123456
uptime_in_seconds:86400
config_file:/etc/redis/redis.conf

# Clients
connected_clients:12

# Memory
used_memory:104857600
used_memory_human:100.00M
maxmemory:1073741824
maxmemory_human:1.00G
maxmemory_policy:noeviction

# Persistence
loading:0
rdb_changes_since_last_save:3
rdb_last_save_time:1795250000
rdb_saves:4
aof_enabled:1

# Replication
role:master
connected_slaves:1
min_slaves_good_slaves:1
slave0:ip=10.0.0.2,port=6379,state=online,offset=1234,lag=0
master_replid:8371b4fb1155b71f4a04d3e1bc3e18c4a990aeeb

# Cluster
cluster_enabled:0
`.replaceAll('\n', '\r\n');

/** The text with fields of its own; `undefined` takes one out. */
function infoWith(fields: Readonly<Record<string, string | undefined>>): string {
  const lines = good
    .split('\r\n')
    .filter((line) => !(line.split(':', 1)[0] ?? '') || !((line.split(':', 1)[0] ?? '') in fields));
  const added = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}:${value}`],
  );
  return [...lines, ...added].join('\r\n');
}

const nothingKnown: KnownOfPrimary = {
  isForOneServer: false,
  reconnects: false,
  durability: undefined,
  maxmemoryPolicy: undefined,
};

const codesOf = (text: string, known: Partial<KnownOfPrimary> = {}): readonly string[] =>
  infoFindings(parseInfo(text), { ...nothingKnown, ...known }).map(({ level, code }) => `${level} ${code}`);

const server = 'info redis_server';

describe('what INFO says', () => {
  it.each<[string, Readonly<Record<string, string | undefined>>, readonly string[]]>([
    ['nothing but its version where all is well', {}, [server]],
    [
      'allkeys-lru evicts credentials',
      { maxmemory_policy: 'allkeys-lru' },
      [server, 'error redis_evicts_credentials'],
    ],
    [
      'allkeys-random evicts credentials',
      { maxmemory_policy: 'allkeys-random' },
      [server, 'error redis_evicts_credentials'],
    ],
    [
      'volatile-lru is fine, also when it is full',
      { maxmemory_policy: 'volatile-lru', used_memory: '1073741824' },
      [server],
    ],
    ['noeviction that is nearly full', { used_memory: '900000000' }, [server, 'warning redis_nearly_full']],
    ['noeviction without a limit', { maxmemory: '0', used_memory: '900000000' }, [server]],
    ['noeviction at 80 %', { maxmemory: '1000', used_memory: '800' }, [server]],
    ['no append-only file', { aof_enabled: '0' }, [server, 'warning redis_not_durable']],
    ['no replica, but a file', { connected_slaves: '0' }, [server, 'info redis_no_replica']],
    [
      'neither replica nor file',
      { connected_slaves: '0', aof_enabled: '0' },
      [server, 'warning redis_not_durable', 'warning redis_no_replica'],
    ],
    [
      'replicas that need not be there',
      { min_slaves_good_slaves: undefined },
      [server, 'info redis_accepts_isolated_writes'],
    ],
    [
      'a replica',
      { role: 'slave', connected_slaves: '0', min_slaves_good_slaves: undefined },
      [server, 'error redis_is_replica'],
    ],
    ['Redis 5', { redis_version: '5.0.14' }, ['error redis_too_old', server]],
    ['Redis 6', { redis_version: '6.0.0' }, [server]],
    [
      'a service that hides most of it',
      {
        redis_version: '7.4.0',
        maxmemory_policy: undefined,
        maxmemory: undefined,
        aof_enabled: undefined,
        connected_slaves: undefined,
      },
      [server, 'warning redis_cannot_verify'],
    ],
    [
      'a policy of a vendor, which is not known to be safe',
      { maxmemory_policy: 'eviction' },
      [server, 'warning redis_cannot_verify'],
    ],
    ['volatile-ttl', { maxmemory_policy: 'volatile-ttl' }, [server]],
    [
      'MemoryDB, which keeps a log of its own',
      { os: 'Amazon MemoryDB', aof_enabled: '0', connected_slaves: '0' },
      [server, 'info redis_no_replica'],
    ],
  ])('%s', (_name, fields, codes) => {
    expect(codesOf(infoWith(fields))).toEqual(codes);
  });

  it('that nothing can be verified, where it is empty', () => {
    expect(codesOf('')).toEqual(['warning redis_cannot_verify']);
  });

  it.each<[string, Readonly<Record<string, string>>, Partial<KnownOfPrimary>, readonly string[]]>([
    ['the policy, where it is not shown', {}, { maxmemoryPolicy: 'noeviction' }, [server]],
    [
      'another policy than the one that is shown',
      { maxmemory_policy: 'allkeys-lru' },
      { maxmemoryPolicy: 'noeviction' },
      [server, 'error redis_evicts_credentials'],
    ],
    ['synchronous durability', { aof_enabled: '0' }, { durability: 'synchronous' }, [server]],
    [
      'asynchronous durability, whatever INFO shows',
      { aof_enabled: '1' },
      { durability: 'asynchronous' },
      [server, 'warning redis_not_durable'],
    ],
  ])('what was declared: %s', (_name, fields, known, codes) => {
    const shown = 'maxmemory_policy' in fields || known.maxmemoryPolicy === undefined;
    expect(codesOf(infoWith(shown ? fields : { maxmemory_policy: undefined }), known)).toEqual(codes);
  });

  it('that a client for one server is at a Cluster', () => {
    const text = infoWith({ cluster_enabled: '1' });
    expect(codesOf(text, { isForOneServer: true })).toEqual([server, 'error redis_is_cluster']);
    expect(codesOf(text)).toEqual([server]);
  });

  it('no word of a server that is none', () => {
    const text = infoWith({ maxmemory_policy: 'redis://user:secret@host' });
    expect(JSON.stringify(infoFindings(parseInfo(text), nothingKnown))).not.toContain('secret');
  });

  const messageOf = (
    fields: Readonly<Record<string, string | undefined>>,
    code: string,
  ): string | undefined =>
    infoFindings(parseInfo(infoWith(fields)), nothingKnown).find((finding) => finding.code === code)?.message;

  it('names Valkey by its own version', () => {
    expect(
      messageOf(
        { redis_version: '7.2.4', valkey_version: '8.1.1', server_mode: 'standalone' },
        'redis_server',
      ),
    ).toBe('Valkey 8.1.1, standalone.');
  });

  it('names a Cluster', () => {
    expect(messageOf({ cluster_enabled: '1', redis_mode: 'cluster' }, 'redis_server')).toBe(
      'Redis 7.0.15, cluster.',
    );
  });

  it.each<[string, Readonly<Record<string, string | undefined>>, RegExp]>([
    ['no snapshot since the start', { rdb_saves: '0' }, /no snapshot since it started/],
    ['a snapshot', { rdb_saves: '1' }, /since the last snapshot/],
    [
      'Redis 6 without a snapshot',
      { rdb_saves: undefined, rdb_last_save_time: '1795171200' },
      /no snapshot since it started/,
    ],
    ['Redis 6 with a snapshot', { rdb_saves: undefined }, /since the last snapshot/],
    [
      'a server that does not tell',
      { rdb_saves: undefined, server_time_usec: undefined },
      /since the last snapshot/,
    ],
  ])('what is lost with the process: %s', (_name, fields, message) => {
    expect(messageOf({ aof_enabled: '0', ...fields }, 'redis_not_durable')).toMatch(message);
  });
});

describe('the findings of several primaries', () => {
  const finding = (code: string) => ({ level: 'warning', code, message: `Of ${code}.` }) as const;

  it('are those of one as they are', () => {
    expect(mergeFindings([[finding('a')]])).toEqual([finding('a')]);
  });

  it('are said once, with how many have them', () => {
    expect(mergeFindings([[finding('a'), finding('b')], [finding('a')], [finding('a')]])).toEqual([
      { ...finding('a'), message: 'All 3 primaries: Of a.' },
      { ...finding('b'), message: '1 of 3 primaries: Of b.' },
    ]);
  });
});
