import type { DeviceKeys, KeyNames } from '../cache/keyNames.js';
import type { ByteStore, StoreSlot, StoreSwapResult } from '../cache/RecordStore.js';
import { sealAnew } from '../cache/sealAnew.js';
import type { PendingEffect } from '../registration/effect.js';
import type { Answer, Swapped } from '../registration/event.js';
import type { CredentialsRecord, Slot } from '../registration/record.js';
import { publish } from '../diagnostics.js';
import { failureOf } from '../failures.js';
import {
  decodeCredentials,
  decodeForgotten,
  decodeLease,
  decodeToken,
  encodeCredentials,
  encodeForgotten,
  encodeLease,
  encodeToken,
} from './recordCodec.js';
import type { Timing } from '../timing.js';

type EffectOf<Type extends PendingEffect['type']> = Extract<PendingEffect, { readonly type: Type }>;

/** What cannot be decoded is there nonetheless: it is unreadable, never absent. */
function slotOf<Value>(
  slot: StoreSlot<Uint8Array> | undefined,
  decode: (bytes: Uint8Array) => Value | null,
): Slot<Value> {
  if (slot === undefined || slot.kind === 'absent') return { kind: 'absent' };
  if (slot.kind === 'unreadable') return { kind: 'unreadable', version: slot.version };
  const record = decode(slot.value);
  return record === null
    ? { kind: 'unreadable', version: slot.version }
    : { kind: 'stored', record, version: slot.version };
}

function credentialsOf(slot: StoreSlot<Uint8Array> | undefined): Slot<CredentialsRecord> {
  const generation = slot?.kind === 'stored' ? decodeForgotten(slot.value) : null;
  return slot?.kind !== 'stored' || generation === null
    ? slotOf(slot, decodeCredentials)
    : { kind: 'forgotten', generation, version: slot.version };
}

function swapped<Value>(
  result: StoreSwapResult<Uint8Array>,
  found: (slot: StoreSlot<Uint8Array>) => Slot<Value>,
): Swapped<Value> {
  return result.ok ? result : { ok: false, current: found(result.current) };
}

/** The three records of one device in the cache, as the machine's effects and events. Never rejects. */
export class DeviceRecords {
  readonly #store: ByteStore;
  readonly #names: KeyNames;
  readonly #timing: Timing['cache'];
  #onFirstRead: (() => void) | null;

  constructor(
    store: ByteStore,
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
        credentials: credentialsOf(credentials),
        token: slotOf(token, decodeToken),
        lease: slotOf(lease, decodeLease),
      } as const;
    });
  }

  /** What the cache holds of the credentials of a device now; `null`: it does not answer. Never rejects. */
  async lookAtCredentials(tag: string): Promise<Slot<CredentialsRecord> | null> {
    const looked = await this.#guard(tag, 'read', async ({ credentials }) => {
      const [stored] = await this.#store.read([credentials], { strong: true });
      return credentialsOf(stored);
    });
    return 'kind' in looked ? looked : null;
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
        next === null ? null : encodeLease(next),
        ttlMs,
      );
      return { type: 'leaseSwapped', result: swapped(result, (slot) => slotOf(slot, decodeLease)) } as const;
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
        encodeCredentials(effect.next),
        null,
      );
      return { type: 'credentialsSwapped', result: swapped(result, credentialsOf) } as const;
    });
  }

  swapToken(
    tag: string,
    effect: EffectOf<'swapToken'>,
  ): Promise<Answer<'tokenSwapped'> | Answer<'cacheFailed'>> {
    const { expected, next, ttlMs } = effect;
    return this.#guard(tag, 'swap', async (keys) => {
      const result = await this.#store.swap(keys.token, expected, encodeToken(next), ttlMs);
      return { type: 'tokenSwapped', result: swapped(result, (slot) => slotOf(slot, decodeToken)) } as const;
    });
  }

  /**
   * Puts the mark that the pairs up to `generation` are forgotten in the place of the credentials of version `expected`
   * (`null`: absent). `false`: something else stands there.
   * @throws PassError `cache_unavailable`
   */
  async markForgotten(tag: string, expected: string | null, generation: number): Promise<boolean> {
    const { credentials } = this.#names.ofDevice(tag);
    return (await this.#store.swap(credentials, expected, encodeForgotten(generation), null)).ok;
  }

  /** Deletes the token of a device, whatever it is. @throws PassError `cache_unavailable` */
  async eraseToken(tag: string): Promise<void> {
    const { token } = this.#names.ofDevice(tag);
    let [found] = await this.#store.read([token], { strong: true });
    for (let attempt = 0; attempt < this.#timing.keySpaceAttempts; attempt += 1) {
      if (found === undefined || found.kind === 'absent') return;
      const erased = await this.#store.swap(token, found.version, null, null);
      if (erased.ok) return;
      found = erased.current;
    }
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
