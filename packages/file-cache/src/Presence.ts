import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CacheFinding } from '@pass-dcr/core';
import { hashedPlace, isSamePlace, placeIn, placeOfThisProcess, placeText, type Place } from './place.js';

export interface PresenceTiming {
  /** Between two renewals of the own file, and two looks at those of others. */
  readonly everyMs: number;
  /** A file that was not renewed for so long is of a process that has ended. */
  readonly youngMs: number;
  /** How long a young file is watched: a process that lives renews it meanwhile. */
  readonly watchMs: number;
  /** A file of a process that has ended is removed after it. */
  readonly removedAfterMs: number;
}

const usual: PresenceTiming = { everyMs: 5_000, youngMs: 15_000, watchMs: 6_000, removedAfterMs: 3_600_000 };

interface Other {
  readonly place: Place;
  /** Its file, at the last look. By the clock of the file system. */
  modifiedMs: number;
  /** By a clock that never goes back, as what follows. */
  readonly firstSeenAt: number;
  /** It was young then. */
  readonly wasYoung: boolean;
  renewedAt: number | null;
}

/**
 * Notices processes of another PID namespace, or of another machine, in the same folder: LMDB takes them for dead, because
 * it knows readers and writers by their process identifiers. A file of each process in the folder `presence` says where it
 * runs. What is left behind by a container that has ended is not renewed any more, and no finding.
 */
export class Presence {
  readonly #folder: string;
  readonly #file: string;
  readonly #place: Place;
  readonly #timing: PresenceTiming;
  readonly #others = new Map<string, Other>();
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void>;
  #isOver = false;

  constructor(path: string, timing: PresenceTiming = usual, place: Place = placeOfThisProcess()) {
    this.#folder = join(path, 'presence');
    this.#file = `${process.pid}-${randomBytes(6).toString('hex')}`;
    this.#place = place;
    this.#timing = timing;
    this.#looking = this.#look();
    this.#timer = setInterval(() => void this.look(), timing.everyMs).unref();
  }

  /** Renews the own file and looks at the others. Never rejects; those that ask at a time share a look. */
  async look(): Promise<void> {
    this.#looking = this.#looking.then(async () => await this.#look());
    await this.#looking;
  }

  async findings(): Promise<readonly CacheFinding[]> {
    await this.look();
    const now = performance.now();
    const others = [...this.#others.values()];
    const living = others.find(
      ({ renewedAt }) => renewedAt !== null && now - renewedAt < this.#timing.youngMs,
    );
    if (living !== undefined) return [otherPlace(this.#folder, living.place)];
    const isWatching = others.some(
      ({ wasYoung, renewedAt, firstSeenAt }) =>
        wasYoung && renewedAt === null && now - firstSeenAt < this.#timing.watchMs,
    );
    return isWatching ? [watching] : [];
  }

  /** So that the next process finds nothing to watch. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#isOver = true;
    await this.#looking;
    await rm(join(this.#folder, this.#file), { force: true }).catch(() => undefined);
  }

  /** A folder that cannot be read or written says so by its other findings. */
  async #look(): Promise<void> {
    if (this.#isOver) return;
    try {
      const own = await this.#renew();
      const names = await readdir(this.#folder);
      for (const name of this.#others.keys()) if (!names.includes(name)) this.#others.delete(name);
      await Promise.all(
        names.filter((name) => name !== this.#file).map(async (name) => await this.#meet(name, own)),
      );
    } catch {
      // Said above.
    }
  }

  /** Its own time, by the clock of the file system. Written over what is there, which a full disk allows too. */
  async #renew(): Promise<number> {
    const file = join(this.#folder, this.#file);
    const text = placeText(this.#place);
    try {
      await writeFile(file, text, { flag: 'r+' });
    } catch {
      // Not the folder above it: where that is gone, so is the data file.
      await mkdir(this.#folder, { mode: 0o700 }).catch(() => undefined);
      await writeFile(file, text, { mode: 0o600 });
    }
    return (await stat(file)).mtimeMs;
  }

  async #meet(name: string, ownMs: number): Promise<void> {
    const file = join(this.#folder, name);
    const { mtimeMs } = await stat(file);
    const known = this.#others.get(name);
    if (known !== undefined) {
      if (mtimeMs !== known.modifiedMs) known.renewedAt = performance.now();
      known.modifiedMs = mtimeMs;
      return;
    }
    if (ownMs - mtimeMs > this.#timing.removedAfterMs) return await rm(file, { force: true });
    const place = placeIn(await readFile(file, 'utf8'));
    if (place === null || isSamePlace(place, hashedPlace(this.#place))) return;
    const wasYoung = ownMs - mtimeMs < this.#timing.youngMs;
    const firstSeenAt = performance.now();
    this.#others.set(name, { place, modifiedMs: mtimeMs, firstSeenAt, wasYoung, renewedAt: null });
  }
}

function otherPlace(folder: string, { hostName }: Place): CacheFinding {
  const name = /^[\w.-]{1,64}$/.test(hostName) ? hostName : 'without a name';
  return {
    level: 'error',
    code: 'file_cache_in_two_places',
    message: `${folder} is renewed by another container or host (${name}) too: LMDB takes its processes for dead, so writes stall and what was acknowledged can be lost. Give each a folder of its own, run them in one PID namespace, or use a shared cache.`,
  };
}

const watching: CacheFinding = {
  level: 'info',
  code: 'file_cache_watched',
  message:
    'Another container has used the folder seconds ago: whether it still does is known within 6 s. After a restart it does not.',
  failsStrict: true,
};
