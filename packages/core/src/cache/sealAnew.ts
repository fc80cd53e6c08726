import type { SealedStore, StoreSlot } from './RecordStore.js';

/**
 * Seals a record that never expires with the first secret, if an older one sealed it, and returns what stands there then:
 * if somebody else has written meanwhile, that. A cache that fails changes nothing: the record can still be opened.
 */
export async function sealAnew<Value>(
  store: SealedStore<Value>,
  key: string,
  slot: StoreSlot<Value>,
): Promise<StoreSlot<Value>> {
  if (slot.kind !== 'stored' || !slot.isOutdated) return slot;
  try {
    const swapped = await store.swap(key, slot.version, slot.value, null);
    if (!swapped.ok) return swapped.current;
    return swapped.version === null ? slot : { ...slot, version: swapped.version, isOutdated: false };
  } catch {
    return slot;
  }
}
