import { kitUser } from './kitUser.js';
import { parseInfo } from './parseInfo.js';
import { poll } from './poll.js';
import type { RedisServer } from './RedisServer.js';
import { stopAll } from './startAll.js';
import type { Address } from './startRedis.js';

export const slotCount = 16_384;

const agreementLimitMs = 30_000;
const migrateTimeoutMs = 5_000;

export interface MoveOptions {
  /**
   * Called once the slot is on the move and its keys are there: the old node answers `ASK` for them, and the new one
   * accepts them after `ASKING` only.
   */
  readonly whileMigrating?: () => Promise<void>;
}

export class Cluster {
  /** The primaries at the start, then a replica of each in the same order. */
  readonly nodes: readonly RedisServer[];
  readonly addresses: readonly Address[];

  /** @internal */
  constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
    this.addresses = nodes.map(({ host, port }) => ({ host, port }));
  }

  async slotOf(key: string): Promise<number> {
    return (await this.#any().command('CLUSTER', 'KEYSLOT', key)) as number;
  }

  /** The node that serves a slot, as the nodes that run see it. @throws Error where they do not agree */
  async ownerOf(slot: number): Promise<RedisServer> {
    const owners = new Set(await Promise.all(this.#running().map(async (node) => await ownerIn(node, slot))));
    const [port] = owners;
    const owner = this.nodes.find((node) => node.port === port);
    if (owners.size !== 1 || owner === undefined)
      throw new Error(`The nodes do not agree who serves slot ${slot}.`);
    return owner;
  }

  /** Moves a slot and its keys to another primary, as `redis-cli --cluster reshard` does, and resolves when all know. */
  async moveSlot(slot: number, to: RedisServer, { whileMigrating }: MoveOptions = {}): Promise<void> {
    const from = await this.ownerOf(slot);
    if (from === to) return;
    const [fromId, toId] = await Promise.all([this.idOf(from), this.idOf(to)]);
    await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
    await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
    await moveKeys(slot, from, to);
    await whileMigrating?.();
    await to.command('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
    await from.command('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
    await this.#agree(
      async () =>
        await Promise.all(this.#running().map(async (node) => (await ownerIn(node, slot)) === to.port)),
      `who serves slot ${slot}`,
    );
    // The next owner takes a higher epoch than all it knows of: one that it has not heard of would beat it.
    await this.#agree(async () => {
      const epochs = await Promise.all(this.#running().map(epochOf));
      return epochs.map((epoch) => epoch === epochs[0]);
    }, 'which epoch is the newest');
  }

  /** Resolves when every node that runs says that the Cluster works, such as after a failover. @throws Error after 30 s */
  async settled(knownNodes: number = this.nodes.length): Promise<void> {
    const isSettled = async (node: RedisServer): Promise<boolean> => {
      const info = parseInfo(await node.command('CLUSTER', 'INFO'));
      return info['cluster_state'] === 'ok' && info['cluster_known_nodes'] === String(knownNodes);
    };
    await this.#agree(
      async () => await Promise.all(this.#running().map(isSettled)),
      'that the Cluster works',
    );
  }

  /** @internal */
  async replicated(replicas: readonly RedisServer[]): Promise<void> {
    const isReplica = async (node: RedisServer): Promise<boolean> =>
      (await node.info('replication'))['master_link_status'] === 'up';
    await this.#agree(async () => await Promise.all(replicas.map(isReplica)), 'who is a replica');
    // Clients ask any node who is whose replica.
    const knows = async (node: RedisServer): Promise<boolean> => {
      const lines = String(await node.command('CLUSTER', 'NODES')).split('\n');
      return lines.filter((line) => /[ ,]slave /.test(line)).length === replicas.length;
    };
    await this.#agree(async () => await Promise.all(this.#running().map(knows)), 'who is a replica');
  }

  /** @internal */
  async idOf(node: RedisServer): Promise<string> {
    return String(await node.command('CLUSTER', 'MYID'));
  }

  async stop(): Promise<void> {
    await stopAll(this.nodes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #running(): readonly RedisServer[] {
    return this.nodes.filter(({ isRunning }) => isRunning);
  }

  #any(): RedisServer {
    const [node] = this.#running();
    if (node === undefined) throw new Error('No node of the Cluster runs.');
    return node;
  }

  async #agree(ask: () => Promise<readonly boolean[]>, what: string): Promise<void> {
    await poll(async () => ((await ask()).every(Boolean) ? true : undefined), {
      limitMs: agreementLimitMs,
      describe: () => `The nodes do not agree ${what}`,
    });
  }
}

async function epochOf(node: RedisServer): Promise<string | undefined> {
  return parseInfo(await node.command('CLUSTER', 'INFO'))['cluster_current_epoch'];
}

/** The port of the primary that serves a slot, as one node sees it. */
async function ownerIn(node: RedisServer, slot: number): Promise<number | undefined> {
  type Range = readonly [from: number, to: number, primary: readonly [host: string, port: number]];
  const ranges = (await node.command('CLUSTER', 'SLOTS')) as readonly Range[];
  return ranges.find(([from, to]) => from <= slot && slot <= to)?.[2][1];
}

async function moveKeys(slot: number, from: RedisServer, to: RedisServer): Promise<void> {
  for (;;) {
    const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as readonly string[];
    if (keys.length === 0) return;
    const { username, password } = kitUser;
    const migrate = [to.host, to.port, '', 0, migrateTimeoutMs, 'AUTH2', username, password, 'KEYS', ...keys];
    await from.command('MIGRATE', ...migrate);
  }
}
