import { Redis } from 'ioredis';
import type { HostAndPort } from '../worker/WorkerOptions.js';
import { toldOf } from './toldOf.js';

/** What a server is told by its clients, as `MONITOR` shows it. */
export class CommandTap {
  readonly #monitor: Redis;
  #told: string[] = [];
  readonly #all: string[] = [];

  private constructor(monitor: Redis) {
    this.#monitor = monitor;
    monitor.on('error', () => undefined);
    monitor.on('monitor', (_time: string, args: readonly string[], source: string) => {
      this.#all.push(args.join(' '));
      if (source !== 'lua') this.#told.push(toldOf(args));
    });
  }

  static async start({ host, port }: HostAndPort): Promise<CommandTap> {
    const client = new Redis({ host, port });
    const monitor = await client.monitor();
    client.disconnect();
    return new CommandTap(monitor);
  }

  /** Since the last time: commands with what their keys are about, such as `swap l`. */
  take(): readonly string[] {
    const taken = this.#told;
    this.#told = [];
    return taken;
  }

  /** Everything so far, in one text. */
  get text(): string {
    return this.#all.join('\n');
  }

  stop(): void {
    this.#monitor.disconnect();
  }
}
