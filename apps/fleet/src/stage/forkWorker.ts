import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Report } from '../worker/orders.js';
import { optionsVariable, type WorkerOptions } from '../worker/WorkerOptions.js';

const program = fileURLToPath(new URL('../worker/workerMain.js', import.meta.url));

export interface ForkedWorker {
  readonly child: ChildProcess;
  readonly port: number;
}

/**
 * Resolves when the worker listens. What it prints goes to `outputFile`.
 * @throws Error with what it printed if it ends before
 */
export async function forkWorker(options: WorkerOptions, outputFile: string): Promise<ForkedWorker> {
  const child = fork(program, {
    env: { ...process.env, NODE_NO_WARNINGS: '1', [optionsVariable]: JSON.stringify(options) },
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = createWriteStream(outputFile);
  child.stdout?.pipe(output, { end: false });
  child.stderr?.pipe(output, { end: false });
  child.once('close', () => output.end());
  const ended = once(child, 'exit').then(() => null);
  const first = (await Promise.race([once(child, 'message'), ended])) as [Report] | null;
  if (first !== null && first[0].kind === 'listening') return { child, port: first[0].port };
  const printed = readFileSync(outputFile, 'utf8');
  throw new Error(`The worker ${options.name} ended before it listened:\n${printed}`);
}
