import { setTimeout as delay } from 'node:timers/promises';
import type { RedisServer, TcpProxy } from '@pass-dcr/redis-kit';
import type { DisturbanceKind } from '../checks/History.js';
import type { Chronicle } from '../stage/Chronicle.js';
import type { RedisWatch } from '../stage/RedisWatch.js';

export interface RedisTroubleOptions {
  readonly server: RedisServer;
  /** Between the workers and the server. */
  readonly proxy: TcpProxy;
  readonly watch: RedisWatch;
  readonly chronicle: Chronicle;
}

/** What can happen to Redis and on the way to it, one at a time: healing undoes all of it. */
export class RedisTrouble {
  readonly #options: RedisTroubleOptions;
  #last: Promise<void> = Promise.resolve();

  constructor(options: RedisTroubleOptions) {
    this.#options = options;
  }

  async slow(latencyMs: number, forMs: number): Promise<void> {
    await this.#during('redis-slow', async ({ proxy }) => {
      proxy.delayMs = latencyMs;
      await delay(forMs);
    });
  }

  async silent(lost: 'both' | 'requests' | 'replies', forMs: number): Promise<void> {
    await this.#during('redis-unreachable', async ({ proxy }) => {
      if (lost === 'both') proxy.blackHole();
      else proxy.halfOpen(lost);
      await delay(forMs);
    });
  }

  /** It does nothing for a while, as in a fork, a swap to disk or a slow command. */
  async sleep(forMs: number): Promise<void> {
    await this.#during('redis-slow', async ({ server }) => {
      await server.pause();
      await delay(forMs);
      await server.resume();
    });
  }

  async full(forMs: number): Promise<void> {
    await this.#during('redis-unreachable', async ({ server }) => {
      await server.command('CONFIG', 'SET', 'maxmemory', '1mb');
      await delay(forMs);
      await server.command('CONFIG', 'SET', 'maxmemory', '0');
    });
  }

  /** kill -9, with everything on disk that it has acknowledged. */
  async restart(downMs: number): Promise<void> {
    await this.#during('redis-down', async ({ server, proxy, watch }) => {
      await proxy.refuse();
      await server.kill();
      await delay(downMs);
      await server.restart();
      // Before anybody else comes, so that nothing is missed.
      await watch.resume();
    });
  }

  async cutReplies(count: number): Promise<void> {
    await this.#during('redis-connections-cut', async ({ proxy }) => {
      const cuts = Array.from({ length: count }, () => proxy.cutReplyOnce({ command: 'EVALSHA' }));
      await Promise.race([Promise.all(cuts), delay(1_000)]);
    });
  }

  async cutConnections(): Promise<void> {
    await this.#during('redis-connections-cut', async ({ server }) => {
      const clients = String(await server.command('CLIENT', 'LIST')).split('\n');
      // Not those of the harness.
      const ids = clients.flatMap((client) =>
        / name=w\d/.test(client) ? (/\bid=(\d+)/.exec(client)?.[1] ?? []) : [],
      );
      for (const id of ids) await server.command('CLIENT', 'KILL', 'ID', id);
    });
  }

  async flushScripts(): Promise<void> {
    await this.#during('scripts-flushed', async ({ server }) => {
      await server.command('SCRIPT', 'FLUSH');
    });
  }

  /** Resolves when nothing is wrong any more. */
  async over(): Promise<void> {
    await this.#last;
  }

  async #during(
    kind: DisturbanceKind,
    trouble: (options: RedisTroubleOptions) => Promise<void>,
  ): Promise<void> {
    const before = this.#last;
    const run = async (): Promise<void> => {
      await before;
      const isOver = this.#options.chronicle.disturbed(kind, null);
      await trouble(this.#options);
      await this.#options.proxy.heal({ held: 'deliver' });
      isOver();
    };
    this.#last = run();
    await this.#last;
  }
}
