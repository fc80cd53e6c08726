import { createKeyNames } from '../../src/cache/keyNames.js';
import { slotOfTag } from '../../src/cache/clusterSlot.js';
import { memoryCacheWith, type StoredEntries } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { identifierBytes } from '../../src/device/identifier.js';
import { fleet, settleIn } from '../schedules/fleet.js';
import { credentialsIn } from '../schedules/Store.js';
import type { Ledger } from './Ledger.js';
import type { VirtualTime } from './VirtualTime.js';

/** How long the store takes. */
const latencyMs = 5;

const names = createKeyNames({
  environment: fleet.environment,
  application: fleet.application,
  nameSecret: fleet.secret,
});

export function identifierOf(device: number): string {
  return `identifier-${device}`;
}

/** One store for the whole fleet. It notes whenever the pair of a device gives way to another. */
export class SharedStore {
  readonly #time: VirtualTime;
  readonly #ledger: Ledger;
  /** Whether a read of a process is answered by a replica that has nothing of the key yet, though a strong one was asked for. */
  lags: (read: { readonly process: number; readonly key: string }) => boolean = () => false;
  readonly #entries: StoredEntries = new Map();
  readonly #cache: PassCache;
  readonly #listeners: Set<() => void> = new Set();
  readonly #deviceOfKey: Map<string, number> = new Map();
  /** The client that counts for each device. */
  readonly clients: Map<number, string> = new Map();
  operations = 0;
  /** Of each process. */
  readonly operationsOf: Map<number, number> = new Map();
  /** Whether an operation of a process on a key fails, without effect. */
  fails: (operation: {
    readonly process: number;
    readonly kind: 'read' | 'swap';
    readonly key: string;
  }) => boolean = () => false;

  constructor(time: VirtualTime, ledger: Ledger) {
    this.#time = time;
    this.#ledger = ledger;
    this.#cache = memoryCacheWith({ clock: time, warn: () => undefined, entries: this.#entries });
  }

  /** As whoever used it before has left it. */
  async settleIn(): Promise<void> {
    await settleIn(this.#cache);
  }

  expect(device: number): void {
    this.#deviceOfKey.set(keysOf(device).credentials, device);
  }

  /** As one process sees it. */
  open(process = 0): PassCache {
    return {
      scope: 'shared',
      onReconnect: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
      read: async (keys, options) => {
        await this.#arrive(process, 'read', keys[0] ?? '');
        if (this.lags({ process, key: keys[0] ?? '' })) return keys.map(() => null);
        return await this.#cache.read(keys, options);
      },
      swap: async (key, expected, next, options) => {
        await this.#arrive(process, 'swap', key);
        const result = await this.#cache.swap(key, expected, next, options);
        if (result.ok && next !== null) this.#note(key, next.value);
        return result;
      },
    };
  }

  /** It loses all that it has of a device. */
  async lose(device: number): Promise<void> {
    const { credentials, token, lease } = keysOf(device);
    for (const key of [credentials, token, lease]) {
      const [entry] = await this.#cache.read([key], { strong: true, timeoutMs: 1 });
      if (entry !== null && entry !== undefined)
        await this.#cache.swap(key, entry.version, null, { timeoutMs: 1 });
    }
    this.clients.delete(device);
  }

  /** Its clients notice that it was away. */
  reconnect(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Puts something else in the place of the record of the key space. */
  async writeMeta(value: string): Promise<void> {
    const [entry] = await this.#cache.read([names.meta], { strong: true });
    await this.#cache.swap(names.meta, entry?.version ?? null, { value, ttlMs: null });
  }

  /** Devices whose pair it has. */
  get pairs(): number {
    return [...this.#entries.keys()].filter((key) => this.#deviceOfKey.has(key)).length;
  }

  /** Of each device, what the store says of its pair but for the version. */
  marks(): ReadonlyMap<string, string> {
    const marks = new Map<string, string>();
    for (const [key, { value }] of this.#entries) {
      if (!this.#deviceOfKey.has(key)) continue;
      const { clientId, boundAt, signedInAt } = credentialsIn(key, value) ?? {};
      marks.set(key, [clientId, boundAt, signedInAt].join(' '));
    }
    return marks;
  }

  /** How many are as they were. */
  equal(before: ReadonlyMap<string, string>): number {
    const now = this.marks();
    return [...before].filter(([key, mark]) => now.get(key) === mark).length;
  }

  /** What a replica has that gets nothing more, or a backup. */
  copy(): Copy {
    return new Map(this.#entries);
  }

  /** What these shards hold is gone, or as it was when `copy` was made. */
  fallBack(shards: Shards, copy: Copy = new Map()): void {
    for (const key of [...this.#entries.keys()]) if (shards(key)) this.#entries.delete(key);
    for (const [key, entry] of copy) if (shards(key)) this.#entries.set(key, entry);
  }

  async #arrive(process: number, kind: 'read' | 'swap', key: string): Promise<void> {
    this.operations += 1;
    this.operationsOf.set(process, (this.operationsOf.get(process) ?? 0) + 1);
    await this.#time.sleep(latencyMs);
    if (this.fails({ process, kind, key })) throw new Error('the store does not answer');
  }

  #note(key: string, value: string): void {
    const device = this.#deviceOfKey.get(key);
    if (device === undefined) return;
    const to = credentialsIn(key, value)?.clientId;
    if (to === undefined) return;
    const from = this.clients.get(device);
    this.clients.set(device, to);
    if (from !== undefined && from !== to)
      this.#ledger.changes.push({ at: this.#time.now(), device, from, to });
  }
}

export type Copy = StoredEntries;

/** Which keys are on the shards that are meant. */
export type Shards = (key: string) => boolean;

/** One of so many shards of a Cluster, that hold equal parts of its slots. */
export function shard(index: number, of: number): Shards {
  return (key) => Math.floor((slotOfKey(key) * of) / 16_384) === index;
}

/** All that the store has of devices. */
export const ofDevices: Shards = (key) => key.includes('{');

function slotOfKey(key: string): number {
  return slotOfTag(/\{(.+?)\}/.exec(key)?.[1] ?? key);
}

export function tagOf(device: number): string {
  return names.deviceTag(identifierBytes(identifierOf(device)));
}

export const credentialsKeyOf = (device: number): string => keysOf(device).credentials;

function keysOf(device: number): ReturnType<typeof names.ofDevice> {
  return names.ofDevice(names.deviceTag(identifierBytes(identifierOf(device))));
}
