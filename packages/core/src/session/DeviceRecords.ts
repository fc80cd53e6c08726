import type { DeviceKeys, KeyNames } from '../cache/keyNames.js';
import type { RecordStore, StoreSlot, StoreSwapResult } from '../cache/RecordStore.js';
import { sealAnew } from '../cache/sealAnew.js';
import type { PendingEffect } from '../registration/effect.js';
import type { Answer, Swapped } from '../registration/event.js';
import {
  parseCredentialsRecord,
  parseLeaseRecord,
  parseTokenRecord,
  storedCredentials,
  storedLease,
  storedToken,
  type Slot,
} from '../registration/record.js';
import { publish } from '../diagnostics.js';
import { failureOf } from '../failures.js';
import type { Timing } from '../timing.js';

type EffectOf<Type extends PendingEffect['type']> = Extract<PendingEffect, { readonly type: Type }>;

/** What does not parse is there nonetheless: it is unreadable, never absent. */
function slotOf<Value>(slot: StoreSlot | undefined, parse: (value: unknown) => Value | null): Slot<Value> {
  if (slot === undefined || slot.kind === 'absent') return { kind: 'absent' };
  if (slot.kind === 'unreadable') return { kind: 'unreadable', version: slot.version };
  const record = parse(slot.value);
  return record === null
    ? { kind: 'unreadable', version: slot.version }
    : { kind: 'stored', record, version: slot.version };
}

function swapped<Value>(result: StoreSwapResult, parse: (value: unknown) => Value | null): Swapped<Value> {
  return result.ok ? result : { ok: false, current: slotOf(result.current, parse) };
}

/** The three records of one device in the cache, as the machine's effects and events. Never rejects. */
export class DeviceRecords {
  readonly #store: RecordStore;
  readonly #names: KeyNames;
  readonly #timing: Timing['cache'];
  #onFirstRead: (() => void) | null;

  constructor(
    store: RecordStore,
    names: KeyNames,
    timing: Timing['cache'],
    onFirstRead: (() => void) | null = null,
  ) {
    this.#store = store;
    this.#names = names;
    this.#timing = timing;
    this.#onFirstRead = onFirstRead;
  }

  /** A strong read also seals credentials anew that an older secret has sealed. Tokens and leases end by themselves. */
  read(tag: string, strong: boolean): Promise<Answer<'recordsRead'> | Answer<'cacheFailed'>> {
    this.#onFirstRead?.();
    this.#onFirstRead = null;
    return this.#guard(tag, 'read', async (keys) => {
      const [stored, token, lease] = await this.#store.read([keys.credentials, keys.token, keys.lease], {
        strong,
      });
      const credentials =
        strong && stored !== undefined ? await sealAnew(this.#store, keys.credentials, stored) : stored;
      return {
        type: 'recordsRead',
        credentials: slotOf(credentials, parseCredentialsRecord),
        token: slotOf(token, parseTokenRecord),
        lease: slotOf(lease, parseLeaseRecord),
      } as const;
    });
  }

  swapLease(
    tag: string,
    effect: EffectOf<'swapLease'>,
  ): Promise<Answer<'leaseSwapped'> | Answer<'cacheFailed'>> {
    const { expected, next, ttlMs } = effect;
    return this.#guard(tag, 'swap', async (keys) => {
      const result = await this.#store.swap(
        keys.lease,
        expected,
        next === null ? null : storedLease(next),
        ttlMs,
      );
      return { type: 'leaseSwapped', result: swapped(result, parseLeaseRecord) } as const;
    });
  }

  swapCredentials(
    tag: string,
    effect: EffectOf<'swapCredentials'>,
  ): Promise<Answer<'credentialsSwapped'> | Answer<'cacheFailed'>> {
    return this.#guard(tag, 'swap', async (keys) => {
      const result = await this.#store.swap(
        keys.credentials,
        effect.expected,
        storedCredentials(effect.next),
        null,
      );
      return { type: 'credentialsSwapped', result: swapped(result, parseCredentialsRecord) } as const;
    });
  }

  swapToken(
    tag: string,
    effect: EffectOf<'swapToken'>,
  ): Promise<Answer<'tokenSwapped'> | Answer<'cacheFailed'>> {
    const { expected, next, ttlMs } = effect;
    return this.#guard(tag, 'swap', async (keys) => {
      const result = await this.#store.swap(keys.token, expected, storedToken(next), ttlMs);
      return { type: 'tokenSwapped', result: swapped(result, parseTokenRecord) } as const;
    });
  }

  async #guard<Done>(
    tag: string,
    operation: 'read' | 'swap',
    work: (keys: DeviceKeys) => Promise<Done>,
  ): Promise<Done | Answer<'cacheFailed'>> {
    try {
      return await work(this.#names.ofDevice(tag));
    } catch (error) {
      const failure = failureOf(error, 'cache_unavailable', this.#timing.retryAfterMs);
      publish({ type: 'cacheFailed', device: tag, operation, message: failure.message });
      return { type: 'cacheFailed', failure };
    }
  }
}
