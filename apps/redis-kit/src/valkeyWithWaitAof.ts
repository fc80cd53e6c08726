import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server that has `WAITAOF`, which Debian 12 has in its backports only; or why there is none here. */
export type FoundServer = { readonly program: string } | { readonly missing: string };

const release = 'bookworm-backports';
const packages = ['valkey-server', 'valkey-tools'] as const;
const limitMs = 60_000;

/**
 * Debian's Valkey 8, downloaded and unpacked into a folder of its own: nothing is installed, and no service starts. The
 * folder is kept for the next time. `VALKEY_SERVER` names another one.
 */
export function valkeyWithWaitAof(
  env: Readonly<Record<string, string | undefined>> = process.env,
): FoundServer {
  const named = env['VALKEY_SERVER'];
  if (named !== undefined && named !== '') return { program: named };
  const folder = join(tmpdir(), 'pass-dcr-valkey-8');
  const program = join(folder, 'root/usr/bin/valkey-server');
  if (existsSync(program)) return { program };
  if (process.platform !== 'linux') return { missing: 'Debian packages cannot be run here' };
  try {
    download(folder);
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
  return existsSync(program) ? { program } : { missing: 'the packages hold no valkey-server' };
}

function download(folder: string): void {
  for (const part of ['lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(join(folder, part), { recursive: true });
  const sources = join(folder, 'sources.list');
  writeFileSync(sources, `deb http://deb.debian.org/debian ${release} main\n`);
  const apt = Object.entries({
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  run('apt-get', [...apt, 'update', '-qq'], folder);
  run('apt-get', [...apt, 'download', '-qq', ...packages.map((name) => `${name}/${release}`)], folder);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb')))
    run('dpkg', ['-x', file, 'root'], folder);
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(program, args, { cwd, timeout: limitMs, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${program} ${args.at(-1)} failed (${error?.message ?? `status ${status}`})`);
}
