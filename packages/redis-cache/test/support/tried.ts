import { inject } from 'vitest';

const newest: ReadonlySet<string> = new Set(['ioredis 6', 'node-redis 6', 'glide']);

/** Of some clients those that a run tries: the newest of each driver, or all of them with everything. */
export function tried<const Name extends string>(names: readonly Name[]): readonly Name[] {
  return inject('everything') ? names : names.filter((name) => newest.has(name));
}
