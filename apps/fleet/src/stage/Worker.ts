import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Order, OrderName, Orders, Report } from '../worker/orders.js';
import type { WorkerOptions } from '../worker/WorkerOptions.js';
import type { Chronicle } from './Chronicle.js';
import { forkWorker, type ForkedWorker } from './forkWorker.js';

interface Pending {
  readonly resolve: (gives: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A server of the fleet, seen from outside. */
export class Worker {
  readonly name: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #chronicle: Chronicle;
  readonly #outputFile: string;
  readonly #pending: Map<number, Pending> = new Map();
  readonly #died: Promise<void>;
  #lastOrder = 0;
  #resumed: (() => void) | null = null;

  private constructor({ child, port }: ForkedWorker, name: string, outputFile: string, chronicle: Chronicle) {
    this.#child = child;
    this.name = name;
    this.port = port;
    this.#outputFile = outputFile;
    this.#chronicle = chronicle;
    child.on('message', (message) => this.#hear(message as Report));
    this.#died = this.#end();
  }

  /** @throws Error with what the worker printed if it ends before it listens */
  static async start(options: WorkerOptions, outputFile: string, chronicle: Chronicle): Promise<Worker> {
    return new Worker(await forkWorker(options, outputFile), options.name, outputFile, chronicle);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the process has ended, in whatever way. */
  async ended(): Promise<void> {
    await this.#died;
  }

  async order<Name extends OrderName>(
    name: Name,
    takes: Orders[Name]['takes'],
  ): Promise<Orders[Name]['gives']> {
    const id = (this.#lastOrder += 1);
    const order: Order = { id, name, takes };
    return await new Promise<Orders[Name]['gives']>((resolve, reject) => {
      this.#pending.set(id, { resolve: (gives) => resolve(gives as Orders[Name]['gives']), reject });
      this.#child.send(order, (error) => {
        if (error !== null) reject(error);
      });
    });
  }

  /** SIGSTOP: the process does nothing, and its connections stay. */
  pause(): void {
    this.#child.kill('SIGSTOP');
    this.#resumed ??= this.#chronicle.disturbed('paused', this.name);
  }

  resume(): void {
    this.#child.kill('SIGCONT');
    this.#resumed?.();
    this.#resumed = null;
  }

  /** Resolves when the process has stopped itself. @throws Error after ten seconds, or if it ends instead */
  async stopsItself(): Promise<void> {
    const givenUpAt = Date.now() + 10_000;
    while (!this.#isStopped()) {
      if (!this.isAlive || Date.now() > givenUpAt)
        throw new Error(`The worker ${this.name} did not stop itself.`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    this.#resumed ??= this.#chronicle.disturbed('paused', this.name);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#died;
  }

  /** Ends as a server does that is deployed anew. */
  async close(): Promise<void> {
    if (!this.isAlive) return;
    this.resume();
    this.#chronicle.disturbed('closed', this.name);
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 20_000);
    await this.#died;
    clearTimeout(timer);
  }

  #isStopped(): boolean {
    try {
      return /\) T /.test(readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  }

  async #end(): Promise<void> {
    const [code, signal] = (await once(this.#child, 'exit')) as [number | null, NodeJS.Signals | null];
    this.#resumed?.();
    if (signal === 'SIGKILL') this.#chronicle.disturbed('died', this.name);
    if (signal === null && code !== 0) {
      this.#chronicle.collapses.push(
        `${this.name} ended with ${code}: ${readFileSync(this.#outputFile, 'utf8')}`,
      );
    }
    for (const { reject } of this.#pending.values()) reject(new Error(`The worker ${this.name} has ended.`));
    this.#pending.clear();
  }

  #hear(report: Report): void {
    if (report.kind === 'listening') return;
    const pending = this.#pending.get(report.id);
    this.#pending.delete(report.id);
    if (report.kind === 'done') pending?.resolve(report.gives);
    else pending?.reject(new Error(`The worker ${this.name}: ${report.message}`));
  }
}
