import { kitUser } from './kitUser.js';
import { poll } from './poll.js';
import type { RedisServer } from './RedisServer.js';
import { startAll, stopAll } from './startAll.js';
import { startServer, type Address } from './startRedis.js';

const agreementLimitMs = 30_000;
const failoverTimeoutMs = 3_000;

export interface SentinelsOptions {
  /** Its replicas are found by the Sentinels. */
  readonly primary: RedisServer;
  /** Default: 3, of which two must agree. */
  readonly count?: number;
  /** What clients call the primary. Default: `main`. */
  readonly name?: string;
  /** How long the primary is silent before a Sentinel takes it for dead. Default: 500. */
  readonly downAfterMs?: number;
}

/**
 * Starts Sentinels for a primary, and resolves when each knows the others and the replicas, which takes some seconds. They
 * then replace a primary that is killed, paused or stopped by one of its replicas.
 */
export async function startSentinels(options: SentinelsOptions): Promise<Sentinels> {
  const { primary, count = 3, name = 'main', downAfterMs = 500 } = options;
  const sentinel = [
    `monitor ${name} ${primary.host} ${primary.port} ${Math.floor(count / 2) + 1}`,
    `down-after-milliseconds ${name} ${downAfterMs}`,
    `failover-timeout ${name} ${failoverTimeoutMs}`,
    `auth-user ${name} ${kitUser.username}`,
    `auth-pass ${name} ${kitUser.password}`,
  ];
  const starts = Array.from(
    { length: count },
    async () => await startServer({ mode: 'sentinel', config: { sentinel } }),
  );
  const sentinels = new Sentinels(name, await startAll(starts));
  try {
    const { connected_slaves: replicas } = await primary.info('replication');
    await sentinels.know({ 'num-other-sentinels': String(count - 1), 'num-slaves': replicas ?? '0' });
  } catch (error) {
    await sentinels.stop();
    throw error;
  }
  return sentinels;
}

export class Sentinels {
  readonly name: string;
  readonly nodes: readonly RedisServer[];
  /** For a client's `sentinels` option. */
  readonly addresses: readonly Address[];

  /** @internal */
  constructor(name: string, nodes: readonly RedisServer[]) {
    this.name = name;
    this.nodes = nodes;
    this.addresses = nodes.map(({ host, port }) => ({ host, port }));
  }

  /** Where the Sentinels say that the primary is. `undefined` while they do not agree. */
  async primary(): Promise<Address | undefined> {
    const states = await Promise.all(this.nodes.map(async (node) => await this.#stateIn(node)));
    const [first] = states;
    return first !== undefined && states.every(({ port }) => port === first['port'])
      ? { host: first['ip'] ?? '', port: Number(first['port']) }
      : undefined;
  }

  /** Resolves when the Sentinels agree that another one is the primary. @throws Error after 30 s */
  async failedOver(from: Address): Promise<Address> {
    const replaced = async (): Promise<Address | undefined> => {
      const primary = await this.primary();
      return primary?.port === from.port ? undefined : primary;
    };
    return await poll(replaced, {
      limitMs: agreementLimitMs,
      describe: () => `The Sentinels have not replaced the primary at port ${from.port}`,
    });
  }

  async stop(): Promise<void> {
    await stopAll(this.nodes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** @internal */
  async know(expected: Readonly<Record<string, string>>): Promise<void> {
    const doKnow = async (): Promise<true | undefined> => {
      const states = await Promise.all(this.nodes.map(async (node) => await this.#stateIn(node)));
      const all = states.every((state) =>
        Object.entries(expected).every(([field, value]) => state[field] === value),
      );
      return all ? true : undefined;
    };
    await poll(doKnow, {
      limitMs: agreementLimitMs,
      describe: () => `The Sentinels do not know each other: ${JSON.stringify(expected)} was expected`,
    });
  }

  async #stateIn(node: RedisServer): Promise<Readonly<Record<string, string>>> {
    const reply = (await node.command('SENTINEL', 'MASTER', this.name)) as readonly string[];
    return fieldsOf(reply);
  }
}

/** `[name, value, name, value, …]` */
function fieldsOf(flat: readonly string[]): Readonly<Record<string, string>> {
  const names = flat.filter((_, index) => index % 2 === 0);
  return Object.fromEntries(names.map((name, index) => [name, flat[2 * index + 1] ?? '']));
}
