import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Between two looks: where an overlay file system copies a file up, its number changes once. */
const secondLookMs = 100;

/** The data file was removed or replaced under this process: what it writes would be gone with its end. */
export class FileReplaced extends Error {
  constructor(what: string) {
    super(
      `${what} while this process has it open: put the right file back, then restart every process that uses it`,
    );
  }
}

/** `data.mdb`, as it was when this process had opened it for writing. */
export class DataFile {
  readonly #file: string;
  readonly #identity: string | null;

  constructor(folder: string) {
    this.#file = join(folder, 'data.mdb');
    this.#identity = this.#look();
  }

  /** @throws FileReplaced if another file, or none, lies there, also at a second look */
  async assertSame(): Promise<void> {
    if (this.#look() === this.#identity) return;
    await setTimeout(secondLookMs);
    if (this.#look() !== this.#identity) throw new FileReplaced(`${this.#file} was removed or replaced`);
  }

  #look(): string | null {
    const found = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? null : `${found.dev}:${found.ino}`;
  }
}
