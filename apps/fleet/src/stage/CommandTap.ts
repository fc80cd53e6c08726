import { Redis } from 'ioredis';
import type { HostAndPort } from '../worker/WorkerOptions.js';

/** What a server is told by its clients, as `MONITOR` shows it, and which leases scripts have given back. */
export class CommandTap {
  readonly #monitor: Redis;
  #commands: string[] = [];
  #releases = 0;
  #bytes: string[] = [];

  private constructor(monitor: Redis) {
    this.#monitor = monitor;
    monitor.on('error', () => undefined);
    monitor.on('monitor', (_time: string, args: readonly string[], source: string) =>
      this.#hear(args, source),
    );
  }

  static async start({ host, port }: HostAndPort): Promise<CommandTap> {
    const client = new Redis({ host, port });
    const monitor = await client.monitor();
    client.disconnect();
    return new CommandTap(monitor);
  }

  /** Since the last time. */
  take(): { readonly commands: readonly string[]; readonly releases: number } {
    const taken = { commands: this.#commands, releases: this.#releases };
    this.#commands = [];
    this.#releases = 0;
    return taken;
  }

  /** Everything so far, in one text. */
  get text(): string {
    return this.#bytes.join('\n');
  }

  stop(): void {
    this.#monitor.disconnect();
  }

  #hear(args: readonly string[], source: string): void {
    const [command = '', key = ''] = args;
    this.#bytes.push(args.join(' '));
    if (source === 'lua') {
      if (command.toLowerCase() === 'del' && key.endsWith('}:l')) this.#releases += 1;
    } else this.#commands.push(command.toLowerCase());
  }
}
