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

/** `data.mdb`, as it was when this process had opened it for writing. It never becomes shorter by itself. */
export class DataFile {
  readonly #file: string;
  readonly #identity: string | null;
  #bytes = 0n;

  constructor(folder: string) {
    this.#file = join(folder, 'data.mdb');
    this.#identity = this.#look().identity;
  }

  /** @throws FileReplaced if another file, a shorter one or none lies there, also at a second look */
  async assertSame(): Promise<void> {
    if (this.#look().identity === this.#identity) return this.assertWhole();
    await setTimeout(secondLookMs);
    if (this.#look().identity !== this.#identity)
      throw new FileReplaced(`${this.#file} was removed or replaced`);
    this.assertWhole();
  }

  /**
   * Before what is mapped is read: beyond the end of the file that would end the process with a signal. What lies there in
   * the place of ours has nothing to do with what is mapped.
   * @throws FileReplaced if the file has been cut
   */
  assertWhole(): void {
    const { identity, bytes } = this.#look();
    if (identity !== this.#identity) return;
    if (bytes < this.#bytes)
      throw new FileReplaced(`${this.#file} was cut, or overwritten with a shorter one,`);
    this.#bytes = bytes;
  }

  #look(): { readonly identity: string | null; readonly bytes: bigint } {
    const found = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
    return found === undefined
      ? { identity: null, bytes: 0n }
      : { identity: `${found.dev}:${found.ino}`, bytes: found.size };
  }
}
