import type { RecordStore, StoreSlot } from './RecordStore.js';

/**
 * Seals a record that never expires with the first secret, if an older one sealed it, and returns what stands there then:
 * if somebody else has written meanwhile, that. A cache that fails changes nothing: the record can still be opened.
 */
export async function sealAnew(store: RecordStore, key: string, slot: StoreSlot): Promise<StoreSlot> {
  if (slot.kind !== 'stored' || !slot.isOutdated) return slot;
  try {
    const swapped = await store.swap(key, slot.version, slot.value, null);
    if (!swapped.ok) return swapped.current;
    return swapped.version === null ? slot : { ...slot, version: swapped.version, isOutdated: false };
  } catch {
    return slot;
  }
}
