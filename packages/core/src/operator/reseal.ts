import type { KeyNames } from '../cache/keyNames.js';
import type { KeySpace } from '../cache/keySpace.js';
import type { ByteStore } from '../cache/RecordStore.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import { PassError } from '../errors.js';
import type { ResealOptions, ResealProgress, ResealSummary } from '../Pass.js';
import type { Timing } from '../timing.js';

export interface ResealParts {
  readonly clock: Clock;
  readonly store: ByteStore;
  readonly names: KeyNames;
  readonly keySpace: KeySpace;
  /** The list of secrets begins a rotation: others may seal with a secret that comes after the first. */
  readonly isLearning: boolean;
  readonly closing: AbortSignal;
  readonly timing: Timing['operator'];
}

type Outcome = Exclude<keyof ResealProgress, 'examined'>;

/** See `Pass.reseal`. */
export async function reseal(parts: ResealParts, options: ResealOptions = {}): Promise<ResealSummary> {
  const { clock, store, names, keySpace, isLearning, closing, timing } = parts;
  const { signal, recordsPerSecond = timing.resealRecordsPerSecond, onProgress } = options;
  if (!(recordsPerSecond > 0))
    throw invalid(`recordsPerSecond must be a positive number, received ${recordsPerSecond}`);
  if (isLearning)
    throw invalid('secret begins with the old one: give every server [new, old] first, then seal anew');
  const batches = store.keys(names.devices);
  if (batches === null)
    throw invalid('the cache must be one that lists its keys, received one without keys(prefix)');

  const counts = { examined: 0, resealed: 0, current: 0, changed: 0, unreadable: 0, failed: 0 };
  const atOnce = Math.min(timing.resealAtOnce, Math.ceil(recordsPerSecond));

  async function sealAll(keys: readonly string[]): Promise<void> {
    for (let from = 0; from < keys.length; from += atOnce) {
      signal?.throwIfAborted();
      closing.throwIfAborted();
      const startedAt = monotonicOf(clock);
      const group = keys.slice(from, from + atOnce);
      for (const outcome of await Promise.all(group.map((key) => sealOne(store, key, timing.resealAttempts))))
        counts[outcome] += 1;
      counts.examined += group.length;
      onProgress?.({ ...counts });
      const restMs = startedAt + (group.length / recordsPerSecond) * 1_000 - monotonicOf(clock);
      if (restMs > 0) await new Promise<void>((resolve) => clock.setTimer(resolve, restMs));
    }
  }

  signal?.throwIfAborted();
  await keySpace.verify();
  await sealAll([names.meta, names.formerMeta]);
  for await (const keys of batches) await sealAll(keys.filter((key) => key.endsWith('}:c')));
  return { ...counts, complete: counts.unreadable + counts.failed === 0 };
}

async function sealOne(store: ByteStore, key: string, attempts: number): Promise<Outcome> {
  try {
    let [slot] = await store.read([key], { strong: true });
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (slot?.kind === 'unreadable') return 'unreadable';
      if (slot?.kind !== 'stored') return 'changed';
      if (!slot.isOutdated) return attempt === 0 ? 'current' : 'changed';
      const swapped = await store.swap(key, slot.version, slot.value, null);
      if (swapped.ok) return 'resealed';
      slot = swapped.current;
    }
  } catch {
    // Counted; whoever runs it looks at the cache.
  }
  return 'failed';
}

function invalid(what: string): PassError {
  return new PassError('option_invalid', `pass.reseal: ${what}`);
}
