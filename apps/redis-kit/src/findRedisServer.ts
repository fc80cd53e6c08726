import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

const programs = ['redis-server', 'valkey-server'] as const;

/**
 * The path of the program that speaks Redis: what `REDIS_SERVER` names, a path or a name on `PATH`; where it is not set,
 * `redis-server` or else `valkey-server` on `PATH`. `undefined` where there is none.
 * @throws Error where `REDIS_SERVER` names what cannot be run: another server than the one asked for would prove nothing
 */
export function findRedisServer(env: Env = process.env): string | undefined {
  const named = env['REDIS_SERVER']?.trim() ?? '';
  if (named === '') return programs.map((name) => onPath(name, env)).find((path) => path !== undefined);
  const path = named.includes(sep) ? runnable(named) : onPath(named, env);
  if (path === undefined) {
    throw new Error(
      `REDIS_SERVER must be the path or name of a Redis or Valkey server that can be run, received ${JSON.stringify(named)}`,
    );
  }
  return path;
}

function onPath(name: string, env: Env): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => runnable(join(folder, name)))
    .find((path) => path !== undefined);
}

function runnable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}
