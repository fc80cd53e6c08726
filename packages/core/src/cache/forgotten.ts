/*
 * What the record of the key space says of devices that the operator had forgotten. Every process looks at it each second,
 * and drops from its memory what it knows of them.
 */

export interface Forgotten {
  /** How many ever: a process that has seen fewer has something to drop. */
  readonly count: number;
  /** Of the last ones, in the order in which they were forgotten. */
  readonly tags: readonly string[];
}

/** `value`: of the record. What is of no such shape says nothing. */
export function forgottenIn(value: unknown): Forgotten {
  const { forgotten } = (value ?? {}) as { readonly forgotten?: unknown };
  const { count, tags } = (forgotten ?? {}) as { readonly count?: unknown; readonly tags?: unknown };
  return {
    count: typeof count === 'number' && Number.isSafeInteger(count) ? count : 0,
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
  };
}

/** With one more; of the tags, the last `most` stay. */
export function withForgotten({ count, tags }: Forgotten, tag: string, most: number): Forgotten {
  return { count: count + 1, tags: [...tags, tag].slice(-most) };
}

/** The tags of those since `seen` were forgotten; `'many'`: more than are named. */
export function forgottenSince({ count, tags }: Forgotten, seen: number): readonly string[] | 'many' {
  // Fewer than were seen: the record was lost and made anew.
  const since = count < seen ? count : count - seen;
  if (since > tags.length) return 'many';
  return since === 0 ? [] : tags.slice(-since);
}
