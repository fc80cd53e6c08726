import type { RedisServer } from '@pass-dcr/redis-kit';
import type { Stage } from '../stage/Stage.js';
import type { Scenario } from './Scenario.js';

const devices = 100_000;
const devicesForLongTokens = 20_000;
const mostBytesPerPair = 300;
const tokenLengths = { short: 300, long: 900 };
const tookTooLongMs = 240_000;

export const memory: Scenario = {
  name: 'memory',
  summary:
    '100 000 devices: at most 300 bytes of Redis for the sealed credentials of one; tokens are reported',
  inShort: false,
  async run(stage) {
    const { claims } = stage;
    await stage.startUpstream();
    const server = await stage.startRedis();
    const short = await fill(stage, server, devices, tokenLengths.short);
    claims.equal('devices filled in', short.filled, devices);
    await removeKeys(server, '*}:t');
    const pairs = ((await usedBytes(server)) - short.before) / devices;
    const token = (short.bytes - pairs * devices) / devices;
    claims.atMost('credentials of a device', pairs, mostBytesPerPair, 'bytes');
    claims.note(`token of ${tokenLengths.short} characters`, `${Math.round(token)} bytes`);
    await server.command('FLUSHALL');
    const long = await fill(stage, server, devicesForLongTokens, tokenLengths.long);
    claims.note(
      `token of ${tokenLengths.long} characters`,
      `${Math.round(long.bytes / devicesForLongTokens - pairs)} bytes`,
    );
    claims.note(
      'a device with both',
      `${Math.round(short.bytes / devices)} and ${Math.round(long.bytes / devicesForLongTokens)} bytes`,
    );
    claims.note('filled', `${Math.round(devices / (short.ms / 1_000))} devices per second`);
  },
};

interface Filled {
  readonly filled: number;
  readonly before: number;
  readonly bytes: number;
  readonly ms: number;
}

/** Through the whole of core, with an Adobe Pass inside the processes. */
async function fill(stage: Stage, server: RedisServer, count: number, tokenLength: number): Promise<Filled> {
  const settings = {
    redis: { kind: 'single', at: server },
    canned: { prefix: '', tokenLength },
    registrationsPerSecond: 1_000_000,
  } as const;
  const workers = await stage.startFleet(2, settings, `fill${tokenLength}-`);
  const before = await usedBytes(server);
  const startedMs = performance.now();
  const each = Math.ceil(count / workers.length);
  const results = await Promise.all(
    workers.map((worker, index) =>
      worker.order('authenticate', { from: 1 + index * each, count: each, atOnce: 24 }),
    ),
  );
  const ms = performance.now() - startedMs;
  if (ms > tookTooLongMs)
    stage.claims.note('the machine is busy: filling took', `${Math.round(ms / 1_000)} s`);
  // Leases that nobody has given back are not of the devices.
  await removeKeys(server, '*}:l');
  const bytes = (await usedBytes(server)) - before;
  for (const worker of workers) await worker.close();
  const failed = results
    .flatMap(({ failures }) => Object.values(failures))
    .reduce((sum, one) => sum + one, 0);
  return { filled: count - failed, before, bytes, ms };
}

async function usedBytes(server: RedisServer): Promise<number> {
  return Number((await server.info('memory'))['used_memory']);
}

async function removeKeys(server: RedisServer, pattern: string): Promise<void> {
  let cursor = '0';
  do {
    const reply = (await server.command('SCAN', cursor, 'MATCH', pattern, 'COUNT', 1_000)) as [
      string,
      string[],
    ];
    cursor = reply[0];
    if (reply[1].length > 0) await server.command('DEL', ...reply[1]);
  } while (cursor !== '0');
}
