import { realpathSync } from 'node:fs';
import type { Environment } from './Environment.js';
import { ensureFolder, openEnvironment } from './openEnvironment.js';
import { Presence } from './Presence.js';

interface Shared {
  readonly environment: Environment;
  readonly presence: Presence;
  users: number;
}

/** A hold on an environment that ends once. */
export interface Hold {
  readonly environment: Environment;
  readonly presence: Presence;
  readonly release: () => Promise<void>;
}

// On the global object, because ES module and CommonJS copies of this file are two modules of one process, and LMDB
// must not open a folder twice in one process.
const registry: unique symbol = Symbol.for('@pass-dcr/file-cache/environments/2') as never;

function environments(): Map<string, Shared> {
  const holder: { [registry]?: Map<string, Shared> } = globalThis as never;
  holder[registry] ??= new Map();
  return holder[registry];
}

/** The environment of a folder: the one that this process has open, or a new one. Closed with its last hold. */
export function holdEnvironment(path: string): Hold {
  ensureFolder(path);
  const realPath = realpathSync(path);
  const open = environments();
  const shared = open.get(realPath) ?? {
    environment: openEnvironment(realPath),
    presence: new Presence(realPath),
    users: 0,
  };
  open.set(realPath, shared);
  shared.users += 1;
  const leave = async (): Promise<void> => {
    shared.users -= 1;
    // A transaction that still runs would block an opener of the same folder for ever: it stays open until then, and
    // whoever opens it meanwhile keeps it open.
    await shared.environment.drain();
    if (shared.users > 0 || open.get(realPath) !== shared) return;
    open.delete(realPath);
    await Promise.all([shared.environment.close(), shared.presence.end()]);
  };
  let left: Promise<void> | null = null;
  const { environment, presence } = shared;
  return { environment, presence, release: () => (left ??= leave()) };
}
