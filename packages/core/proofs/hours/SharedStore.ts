import { createKeyNames } from '../../src/cache/keyNames.js';
import { memoryCacheWith } from '../../src/cache/memoryCache.js';
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
  readonly #cache: PassCache;
  readonly #deviceOfKey: Map<string, number> = new Map();
  /** The client that counts for each device. */
  readonly clients: Map<number, string> = new Map();
  operations = 0;

  constructor(time: VirtualTime, ledger: Ledger) {
    this.#time = time;
    this.#ledger = ledger;
    this.#cache = memoryCacheWith({ clock: time, warn: () => undefined });
  }

  /** As whoever used it before has left it. */
  async settleIn(): Promise<void> {
    await settleIn(this.#cache);
  }

  expect(device: number): void {
    this.#deviceOfKey.set(keysOf(device).credentials, device);
  }

  /** As one process sees it. */
  open(): PassCache {
    return {
      scope: 'shared',
      read: async (keys, options) => {
        await this.#arrive();
        return await this.#cache.read(keys, options);
      },
      swap: async (key, expected, next, options) => {
        await this.#arrive();
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

  async #arrive(): Promise<void> {
    this.operations += 1;
    await this.#time.sleep(latencyMs);
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

function keysOf(device: number): ReturnType<typeof names.ofDevice> {
  return names.ofDevice(names.deviceTag(identifierBytes(identifierOf(device))));
}
