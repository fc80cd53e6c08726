import { PassError } from '../errors.js';
import type { KeyNames } from './keyNames.js';
import type { RecordStore, Slot } from './RecordStore.js';

const schema = 1;
const maxAttempts = 3;

/** All the keys of one environment and application, and the one secret that names them. */
export interface KeySpace {
  /**
   * Resolves if the names that this process computes are those under which the cache was filled. With another secret
   * every device would look new, and registering them all anew signs every viewer out.
   *
   * Success is remembered, failure is not. Concurrent callers share one check.
   * @throws PassError `secret_mismatch`, `cache_format_unsupported`, `cache_unavailable`
   */
  verify(): Promise<void>;
}

export interface KeySpaceOptions {
  readonly store: RecordStore;
  readonly names: KeyNames;
  /** `secretId` of the secret that `names` derive from. */
  readonly nameKeyId: string;
}

/**
 * The record at `names.meta` is written once, by the first process that ever uses the key space, and never again: a
 * later list of secrets must still end with the one it names.
 */
export function createKeySpace({ store, names, nameKeyId }: KeySpaceOptions): KeySpace {
  let verified: Promise<void> | null = null;

  const check = async (): Promise<void> => {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const [found] = await store.read([names.meta], { strong: true });
      if (found !== undefined && found.kind !== 'absent') return assertNamedBy(nameKeyId, found);
      const created = await store.swap(names.meta, null, { schema, nameKeyId }, null);
      if (created.ok) return;
      // Another process was first: its word counts.
      if (created.current.kind !== 'absent') return assertNamedBy(nameKeyId, created.current);
    }
    throw new PassError(
      'cache_unavailable',
      'The cache neither holds nor takes the record that names the secret.',
      {
        retryAfterMs: 1000,
      },
    );
  };

  return {
    async verify() {
      verified ??= check();
      const current = verified;
      try {
        await current;
      } catch (error) {
        // Whoever started a check since then keeps it.
        if (verified === current) verified = null;
        throw error;
      }
    },
  };
}

/** What the record under `names.meta` says against using this cache under this secret; `undefined`: nothing. */
export function keySpaceFault(nameKeyId: string, found: Slot | undefined): PassError | undefined {
  if (found === undefined || found.kind === 'absent') return undefined;
  try {
    assertNamedBy(nameKeyId, found);
    return undefined;
  } catch (error) {
    return error instanceof PassError ? error : undefined;
  }
}

function assertNamedBy(nameKeyId: string, found: Exclude<Slot, { readonly kind: 'absent' }>): void {
  if (found.kind === 'unreadable') throw found.reason === 'format' ? newerFormat() : secretMismatch();
  const { value } = found;
  // It was sealed with one of our secrets, so a shape we do not know was written by a version we do not know.
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== schema)
    throw newerFormat();
  if (!('nameKeyId' in value) || value.nameKeyId !== nameKeyId) throw secretMismatch();
}

function newerFormat(): PassError {
  return new PassError(
    'cache_format_unsupported',
    'The cache was written by a newer version of pass-dcr: deploy that version again, or use a cache of its own. Nothing was changed.',
  );
}

function secretMismatch(): PassError {
  return new PassError(
    'secret_mismatch',
    'The cache was filled under another secret: put the original one back as the last of the list of secrets. Nobody has been logged out.',
  );
}
