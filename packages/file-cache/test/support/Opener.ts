import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A process that has read the number of the last transaction of a folder, as one that opens it, and not yet shared it. */
export class Opener {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** With `pauseMs` it opens again and again, and takes up to that long each time. */
  static async start(path: string, pauseMs?: number): Promise<Opener> {
    const script = fileURLToPath(new URL('opener.mjs', import.meta.url));
    const child = fork(script, [path, ...(pauseMs === undefined ? [] : [String(pauseMs)])], { execArgv: [] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'message');
    return new Opener(child);
  }

  /** Shares the number, and so sets back all other processes by what they have committed since the start. */
  async share(): Promise<void> {
    const done = once(this.#child, 'message');
    this.#child.send('share');
    await done;
  }
}
