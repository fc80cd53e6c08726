import { randomBytes } from 'node:crypto';
import { isPassError, PassError } from '../errors.js';
import { forgottenIn, forgottenSince, withForgotten } from './forgotten.js';
import type { KeyNames } from './keyNames.js';
import { furthest, isEarlier, lossesIn, withLossIn, withTick, type Losses } from './losses.js';
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
  /** What the record says now. @throws PassError `cache_unavailable` */
  look(): Promise<KeySpaceSight>;
  /**
   * Tells every process that pairs were missing: each hears of it at its next look. `where`: in words that they know.
   * `false`: others were faster, or there is no record to say it in.
   * @throws PassError `cache_unavailable`
   */
  tellLoss(where: string): Promise<boolean>;
  /**
   * Raises the number by which an old copy of the cache is known, unless it is no longer `from`.
   * @throws PassError `cache_unavailable`
   */
  tick(from: number): Promise<void>;
  /** Whether this process has ever seen the record. */
  readonly isKnown: boolean;
  /**
   * Tells every process that the operator had the device of this tag forgotten: each hears of it at its next look.
   * @throws PassError as `verify`
   */
  forgot(tag: string): Promise<void>;
}

export interface KeySpaceSight {
  /**
   * Whether the cache still is the one that this process knows. `'lost'`: this record is gone, or is another, so others are
   * gone too (a flush, a restart without persistence). `'old'`: it is an earlier one of this record (a backup, a replica
   * that lagged). Both are said once; then what is there now is known. `'absent'`: there is no record, and this process
   * knows of none.
   */
  readonly found: 'intact' | 'lost' | 'old' | 'absent';
  /** Where, in the words of another process, which has found a loss since the last look; `null`: none has. */
  readonly lostIn: string | null;
  readonly tick: number;
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
  /** The furthest that was ever seen of this record. */
  let seen: Losses = lossesIn(undefined);
  /** What the last look has found. */
  let last: Losses = seen;

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

  /** Of a record that is another, nothing that was seen before counts. */
  const compare = (
    found: StoreSlot | undefined,
    isAnother: boolean,
  ): { readonly isOld: boolean; readonly sight: Omit<KeySpaceSight, 'found'> } => {
    const losses = lossesIn(found);
    const before = last;
    last = losses;
    if (isAnother) {
      seen = losses;
      return { isOld: false, sight: { lostIn: null, tick: losses.tick } };
    }
    const isOld = isEarlier(losses, before) && isEarlier(losses, seen);
    const isNews = !isOld && losses.count > before.count;
    seen = furthest(losses, seen);
    return { isOld, sight: { lostIn: isNews ? losses.where : null, tick: losses.tick } };
  };

  /** `next`: what the record is to say; `null`: what it says. */
  const change = async (next: (value: object, losses: Losses) => object | null): Promise<boolean> => {
    const [found] = await store.read([names.meta], { strong: true });
    if (found?.kind !== 'stored' || keySpaceFault(nameKeyId, found) !== undefined) return false;
    const losses = lossesIn(found);
    seen = furthest(losses, seen);
    const value = next(found.value as object, losses);
    return value !== null && (await store.swap(names.meta, found.version, value, null)).ok;
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
      if (found?.kind === 'unreadable') return { found: 'intact', lostIn: null, tick: last.tick };
      hear(found);
      // Meanwhile `verify` may have made it.
      if (epoch !== known) return { found: 'intact', ...compare(found, true).sight };
      epoch = epochOf(found);
      const { isOld, sight } = compare(found, epoch !== known);
      if (epoch === known) {
        if (epoch === null) return { found: 'absent', ...sight };
        return { found: isOld ? 'old' : 'intact', ...sight };
      }
      if (known === null) return { found: 'intact', ...sight };
      verified = null;
      return { found: 'lost', ...sight };
    },
    async tellLoss(where) {
      return await change((value) => withLossIn(value, seen, where));
    },
    async tick(from) {
      await change((value, { tick }) => (tick === from ? withTick(value, seen) : null));
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
