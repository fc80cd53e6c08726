import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

/** A service in a process of its own. */
export class ServiceProgram {
  readonly #child: ChildProcess;
  /** The exit code; `null` where a signal ended it. */
  readonly exit: Promise<number | null>;
  output = '';

  constructor(program: URL, env: Readonly<Record<string, string>>) {
    const file = fileURLToPath(program);
    if (!existsSync(file)) throw new Error(`${file} is not there: build it first, as npm test does.`);
    const child = spawn(process.execPath, [file], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => void (this.output += chunk.toString()));
    // After the exit, what it printed may still be on its way.
    this.exit = once(child, 'close').then(([code]) => code as number | null);
    this.#child = child;
  }

  /** Once it listens. */
  async url(): Promise<string> {
    let isOver = false;
    void this.exit.then(() => (isOver = true));
    const port = await vi.waitUntil(
      () => /"port":(\d+)/.exec(this.output)?.[1] ?? (isOver ? 'none' : undefined),
      { timeout: 20_000 },
    );
    if (port === 'none') throw new Error(`The service ended before it listened: ${this.output}`);
    return `http://127.0.0.1:${port}`;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
