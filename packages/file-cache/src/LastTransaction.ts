import type { RootDatabase } from 'lmdb';
import { FileReplaced } from './DataFile.js';
import { raiseSharedNumber } from './lockFile.js';

/** Not in lmdb-js's types. Its `getStats` calls it too, and takes four times as long for what else it tells. */
interface NativeEnvironment {
  info(): { readonly lastTxnId: number };
}

/** How many opening processes in a row may get in the way of one write: each takes milliseconds to open the folder. */
export const attempts = 20;

/**
 * The number of the last transaction of a folder. LMDB keeps it twice: in the data file, with each commit, and in memory
 * that the processes share, where a transaction takes it from.
 *
 * A process that opens the folder writes there what it has read from the file before (`mdb_env_open2`, LMDB 3.5), without
 * any lock. What others have committed in between is then built upon by nobody: the next commit takes its number and its
 * place. So each write transaction looks first whether it stands on the last one, and each strong read whether it has
 * seen it.
 */
export class LastTransaction {
  readonly #root: RootDatabase<Buffer, string>;
  readonly #env: NativeEnvironment;
  readonly #path: string;
  /** The highest that a write transaction of this process has stood on. */
  #highest = 0;

  constructor(root: RootDatabase<Buffer, string>, path: string) {
    this.#root = root;
    this.#env = (root as unknown as { readonly env: NativeEnvironment }).env;
    this.#path = path;
  }

  /** By the data file. It may not have reached the disk, and not be acknowledged, yet. */
  committed(): number {
    return this.#env.info().lastTxnId;
  }

  /** The number of what this process reads at present, after its first `get`; of several, the oldest. */
  seen(): number {
    const numbers = this.#root
      .readerList()
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([pid, , number]) => Number(pid) === process.pid && number !== '-')
      .map(([, , number]) => Number(number));
    return numbers.length === 0 ? 0 : Math.min(...numbers);
  }

  /**
   * In a write transaction, before it looks at anything: whether it stands on the last one. If not, it must end without
   * a write; the next one will. The lock that it holds keeps the number in the data file as it is.
   *
   * @throws FileReplaced where the number in the data file is lower than it was
   * @throws where the number that all share cannot be put right; nothing is written then
   */
  standsOnLast(): boolean {
    const last = this.committed();
    const below = this.#root.getWriteTxnId() - 1;
    if (last < Math.max(below, this.#highest))
      throw new FileReplaced(`data.mdb in ${this.#path} was overwritten with an older one`);
    this.#highest = last;
    if (below === last) return true;
    raiseSharedNumber(this.#path, last);
    return false;
  }
}

/** After so many `attempts`. */
export function tooManyOpeners(): Error {
  return new Error(`${attempts} processes in a row opened the folder while this one tried to write`);
}
