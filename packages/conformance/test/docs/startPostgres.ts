import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const installed = '/usr/lib/postgresql';
const startLimitMs = 30_000;

/** The folder of Debian's programs, or that of `initdb` on PATH; `null`: there is none. */
export function postgresPrograms(): string | null {
  if (existsSync(installed)) {
    const [newest] = readdirSync(installed).toSorted((one, other) => Number(other) - Number(one));
    const folder = join(installed, newest ?? '', 'bin');
    if (existsSync(join(folder, 'initdb'))) return folder;
  }
  return spawnSync('initdb', ['--version']).status === 0 ? '' : null;
}

export interface PostgresServer {
  /** The folder of its socket, which is its address. */
  readonly host: string;
  readonly stop: () => Promise<void>;
}

/** A PostgreSQL of this process, in a temporary folder, reached by a socket in it. It does not run as root. */
export async function startPostgres(programs: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-postgres-'));
  const user = process.getuid?.() === 0 ? unprivileged() : undefined;
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const options = { ...user, cwd: folder, stdio: 'ignore' } as const;
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'pass', '-A', 'trust', '-N', '--locale=C'],
    options,
  );
  const settings = ['-c', 'listen_addresses=', '-c', `unix_socket_directories=${folder}`];
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...settings], options);
  const ended = once(server, 'exit');
  const isReady = (): boolean => spawnSync(join(programs, 'pg_isready'), ['-h', folder]).status === 0;
  for (const endsAt = Date.now() + startLimitMs; !isReady();) {
    if (Date.now() > endsAt) throw new Error('PostgreSQL did not start');
    await setTimeout(100);
  }
  return {
    host: folder,
    async stop() {
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function unprivileged(): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
