import { randomBytes } from 'node:crypto';
import { isPassError, PassError } from '../errors.js';
import { forgottenIn, forgottenSince, withForgotten } from './forgotten.js';
import type { KeyNames } from './keyNames.js';
import type { RecordStore, StoreSlot } from './RecordStore.js';
import { sealAnew } from './sealAnew.js';
import type { Timing } from '../timing.js';

const schema = 2;

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
  /**
   * Whether the cache still is the one that this process knows: where this record is gone, or is another, others are gone
   * too (a flush, a restart without persistence, an old backup). `'lost'` is said once; then what is there now is known.
   * `'absent'`: there is no record, and this process knows of none.
   * @throws PassError `cache_unavailable`
   */
  look(): Promise<'intact' | 'lost' | 'absent'>;
  /** Whether this process has ever seen the record. */
  readonly isKnown: boolean;
  /**
   * Tells every process that the operator had the device of this tag forgotten: each hears of it at its next look.
   * @throws PassError as `verify`
   */
  forgot(tag: string): Promise<void>;
}

export interface KeySpaceOptions {
  readonly store: RecordStore;
  readonly names: KeyNames;
  /** `secretId` of the secret that `names` derive from. */
  readonly nameKeyId: string;
  readonly timing: Timing['cache'];
  /** Called before the record is made, which is for the first time ever, or after everything was lost. */
  readonly onNew?: (() => Promise<void>) | undefined;
  /** Called by a look that finds devices which were forgotten since the last: their tags; `'many'`: more than are named. */
  readonly onForgotten?: ((tags: readonly string[] | 'many') => void) | undefined;
}

/**
 * The record at `names.meta` is written by the first process that ever uses the key space, and what it says never changes:
 * a later list of secrets must still end with the one it names. It is only sealed anew.
 *
 * Before it, the same process writes where the format of before had its record. A process of that format then finds a
 * record that it does not know, and neither registers nor puts back; where one was first, this one finds its record there,
 * and does neither.
 */
export function createKeySpace(options: KeySpaceOptions): KeySpace {
  const { store, names, nameKeyId, timing, onNew, onForgotten } = options;
  let verified: Promise<void> | null = null;
  /** Of the record that was seen last; `null`: none. */
  let epoch: string | null = null;
  /** How many forgotten devices this process has heard of. */
  let heard = 0;

  const hear = (found: StoreSlot | undefined): void => {
    if (found?.kind !== 'stored') return;
    const forgotten = forgottenIn(found.value);
    const tags = forgottenSince(forgotten, heard);
    heard = forgotten.count;
    if (tags.length > 0) onForgotten?.(tags);
  };

  /** Whether it has been seen to. */
  const claimFormerName = async (): Promise<boolean> => {
    const claimed = await store.swap(names.formerMeta, null, { schema, nameKeyId }, null);
    if (claimed.ok) return true;
    if (claimed.current.kind === 'absent') return false;
    assertNamedBy(nameKeyId, claimed.current);
    return true;
  };

  const check = async (): Promise<void> => {
    for (let attempt = 1; attempt <= timing.keySpaceAttempts; attempt += 1) {
      const [found] = await store.read([names.meta], { strong: true });
      if (found !== undefined && found.kind !== 'absent') {
        assertNamedBy(nameKeyId, found);
        epoch = epochOf(found);
        await sealAnew(store, names.meta, found);
        return;
      }
      if (!(await claimFormerName())) continue;
      await onNew?.();
      const fresh = randomBytes(9).toString('base64url');
      const created = await store.swap(names.meta, null, { schema, nameKeyId, epoch: fresh }, null);
      if (created.ok) {
        epoch = fresh;
        return;
      }
      // Another process was first: its word counts.
      if (created.current.kind !== 'absent') {
        assertNamedBy(nameKeyId, created.current);
        epoch = epochOf(created.current);
        return;
      }
    }
    throw new PassError(
      'cache_unavailable',
      'the cache neither holds nor takes the record that names the secret',
      {
        retryAfterMs: timing.retryAfterMs,
      },
    );
  };

  const verify = async (): Promise<void> => {
    verified ??= check();
    const current = verified;
    try {
      await current;
    } catch (error) {
      // Whoever started a check since then keeps it.
      if (verified === current) verified = null;
      throw error;
    }
  };

  return {
    verify,
    async look() {
      const known = epoch;
      const [found] = await store.read([names.meta], { strong: true });
      // What cannot be opened is there: `verify` will say what is wrong with it.
      if (found?.kind === 'unreadable') return 'intact';
      hear(found);
      // Meanwhile `verify` may have made it.
      if (epoch !== known) return 'intact';
      epoch = epochOf(found);
      if (epoch === known) return epoch === null ? 'absent' : 'intact';
      if (known === null) return 'intact';
      verified = null;
      return 'lost';
    },
    get isKnown() {
      return epoch !== null;
    },
    async forgot(tag) {
      await verify();
      let [found] = await store.read([names.meta], { strong: true });
      for (let attempt = 0; attempt < timing.forgetAttempts; attempt += 1) {
        if (found?.kind !== 'stored') break;
        const forgotten = withForgotten(forgottenIn(found.value), tag, timing.forgottenNamed);
        const value = { ...(found.value as object), forgotten };
        const swapped = await store.swap(names.meta, found.version, value, null);
        if (swapped.ok) return;
        found = swapped.current;
      }
      throw new PassError(
        'cache_unavailable',
        'the cache does not take the word that a device is forgotten: call pass.forget again',
        { retryAfterMs: timing.retryAfterMs },
      );
    },
  };
}

/** `''`: a record that has none. */
function epochOf(found: StoreSlot | undefined): string | null {
  if (found?.kind !== 'stored') return null;
  const { epoch } = (found.value ?? {}) as { readonly epoch?: unknown };
  return typeof epoch === 'string' ? epoch : '';
}

/** What the record under `names.meta` says against using this cache under this secret; `undefined`: nothing. */
export function keySpaceFault(nameKeyId: string, found: StoreSlot | undefined): PassError | undefined {
  if (found === undefined || found.kind === 'absent') return undefined;
  try {
    assertNamedBy(nameKeyId, found);
    return undefined;
  } catch (error) {
    return isPassError(error) ? error : undefined;
  }
}

function assertNamedBy(nameKeyId: string, found: Exclude<StoreSlot, { readonly kind: 'absent' }>): void {
  if (found.kind === 'unreadable') throw found.reason === 'format' ? otherFormat() : secretMismatch();
  const { value } = found;
  // It was sealed with one of our secrets, so a shape we do not know was written by a version we do not know.
  if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== schema)
    throw otherFormat();
  if (!('nameKeyId' in value) || value.nameKeyId !== nameKeyId) throw secretMismatch();
}

function otherFormat(): PassError {
  return new PassError(
    'cache_format_unsupported',
    'the cache was written by another version of pass-dcr: deploy that version again, or use a cache of its own; nothing was changed',
  );
}

function secretMismatch(): PassError {
  return new PassError(
    'secret_mismatch',
    'the cache was filled under a secret that is not in the list, or not in its place: put it back; the original one is the last of the list; nobody has been logged out',
  );
}
