import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configText, quoted, type RedisConfig } from './configText.js';
import { findRedisServer } from './findRedisServer.js';
import { freePort, host } from './freePort.js';
import { kitUserOfReplicas, withKitUser } from './kitUser.js';
import { poll } from './poll.js';
import { RedisServer } from './RedisServer.js';

const attempts = 20;
const syncLimitMs = 20_000;

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface RedisOptions {
  /** Default: one that is free, from 10000 to 22000. */
  readonly port?: number;
  /** Its folder, which is made where it is missing, and kept. Default: a temporary one, removed by `stop()`. */
  readonly dir?: string;
  /** Whether data are on disk before a command is answered: AOF with `appendfsync always`. Default: false. */
  readonly appendOnly?: boolean;
  /** The server to run. Default: what `findRedisServer` finds. */
  readonly program?: string;
  /** Further directives, such as `{ maxmemory: '8mb', user: 'app on >secret ~tv:* +get' }`; they replace the kit's. */
  readonly config?: RedisConfig;
  /** Resolves when it has the data of that server, which must be one of this kit, or a proxy in front of one. */
  readonly replicaOf?: Address;
}

type Mode = 'single' | 'sentinel' | 'cluster';

interface StartOptions extends RedisOptions {
  readonly mode?: Mode;
}

/**
 * Starts a server on 127.0.0.1 and resolves when it answers. Without a `dir` nothing is saved but by `appendOnly`.
 *
 * It ends with `stop()`, and by SIGKILL as soon as this process ends, in whatever way, on Linux and macOS; its temporary
 * folder is then removed as well. While it runs, this process does not end by itself.
 * @throws Error with what the server printed where it cannot start, and where no server is installed
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  return await startServer(options);
}

/** @internal */
export async function startServer(options: StartOptions): Promise<RedisServer> {
  for (let attempt = 1; ; attempt += 1) {
    const server = await plan(options);
    try {
      await server.start();
      if (options.replicaOf !== undefined) await synchronised(server);
      return server;
    } catch (error) {
      await server.stop();
      const isTaken = error instanceof Error && error.message.includes('Address already in use');
      if (!isTaken || options.port !== undefined || attempt === attempts) throw error;
    }
  }
}

async function plan(options: StartOptions): Promise<RedisServer> {
  const { appendOnly = false, replicaOf, config = {}, mode = 'single' } = options;
  const program = options.program ?? findRedisServer();
  if (program === undefined) {
    throw new Error(
      'No redis-server and no valkey-server on PATH: install one (apt install redis-server, brew install redis), or say where it is in REDIS_SERVER.',
    );
  }
  const port = options.port ?? (await freePort(mode === 'cluster'));
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'pass-dcr-redis-'));
  const defaults: RedisConfig = {
    bind: host,
    port: String(port),
    'protected-mode': 'yes',
    daemonize: 'no',
    dir: quoted(dir),
    save: '""',
    appendonly: appendOnly ? 'yes' : 'no',
    appendfsync: 'always',
    // Five seconds else, in which further replicas could come.
    'repl-diskless-sync-delay': '0',
    ...kitUserOfReplicas,
    ...(mode === 'cluster' ? { 'cluster-enabled': 'yes', 'cluster-announce-ip': host } : {}),
    ...(replicaOf === undefined ? {} : { replicaof: `${replicaOf.host} ${replicaOf.port}` }),
  };
  return new RedisServer({
    program,
    args: mode === 'sentinel' ? ['--sentinel'] : [],
    port,
    dir,
    isTemporary: options.dir === undefined,
    configText: configText(withKitUser({ ...defaults, ...config })),
  });
}

async function synchronised(server: RedisServer): Promise<void> {
  const isUp = async (): Promise<true | undefined> =>
    (await server.info('replication'))['master_link_status'] === 'up' ? true : undefined;
  await poll(isUp, {
    limitMs: syncLimitMs,
    describe: () => `The replica at port ${server.port} has not got its data:\n${server.log}`,
  });
}
