import { Redis } from 'ioredis';
import type { CredentialsWrite, LeaseExpiry } from '../checks/History.js';
import { LeaseBook } from './LeaseBook.js';
import { isCredentialsKey, stampOf, writeOf, type MonitoredCommand } from './monitoredWrite.js';
import type { HostAndPort } from '../worker/WorkerOptions.js';

/** Everything that one server does to credentials, as the server itself tells: `MONITOR` shows what scripts do, too. */
export class RedisWatch {
  readonly #at: HostAndPort;
  readonly #writes: (Omit<CredentialsWrite, 'device'> & { readonly key: string })[] = [];
  readonly #last: Map<string, string | null> = new Map();
  readonly #leases: LeaseBook = new LeaseBook();
  #monitor: Redis | null = null;

  private constructor(at: HostAndPort) {
    this.#at = at;
  }

  static async start(at: HostAndPort): Promise<RedisWatch> {
    const watch = new RedisWatch(at);
    await watch.resume();
    return watch;
  }

  /** By the keys of devices that are known. */
  writes(deviceOf: ReadonlyMap<string, number>): readonly CredentialsWrite[] {
    return this.#writes.flatMap(({ key, at, stamp }) => {
      const device = deviceOf.get(key);
      return device === undefined ? [] : [{ device, at, stamp }];
    });
  }

  leaseExpiries(deviceOf: ReadonlyMap<string, number>): readonly LeaseExpiry[] {
    return this.#leases.expiries.flatMap(({ key, at, lifeMs }) => {
      const device = deviceOf.get(`${key.slice(0, -2)}:c`);
      return device === undefined ? [] : [{ device, at, lifeMs }];
    });
  }

  /** After the server was down: what it has now, and was not heard to write, it wrote with its last breath. */
  async resume(): Promise<void> {
    this.stop();
    const client = new Redis({ ...this.#at, retryStrategy: () => null, lazyConnect: true });
    client.on('error', () => undefined);
    await client.connect();
    const keys = (await client.keys('*')).filter(isCredentialsKey);
    const values = keys.length === 0 ? [] : await client.mget(keys);
    for (const [index, key] of keys.entries()) this.#note(key, Date.now(), stampOf(values[index] ?? null));
    for (const [key, stamp] of this.#last) {
      if (stamp !== null && !keys.includes(key)) this.#note(key, Date.now(), null);
    }
    this.#monitor = await client.monitor();
    this.#monitor.on('error', () => undefined);
    this.#monitor.on('monitor', (time: string, args: readonly string[], source: string) =>
      this.#hear({ time, args, source }),
    );
    client.disconnect();
  }

  stop(): void {
    this.#monitor?.disconnect();
    this.#monitor = null;
  }

  #hear(command: MonitoredCommand): void {
    this.#leases.hear(command);
    const write = writeOf(command);
    if (write !== null) this.#note(write.key, write.at, write.stamp);
  }

  #note(key: string, at: number, stamp: string | null): void {
    if ((this.#last.get(key) ?? null) === stamp) return;
    this.#last.set(key, stamp);
    this.#writes.push({ key, at, stamp });
  }
}
