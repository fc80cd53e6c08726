import type { PassCache } from '@pass-dcr/core';
import type { KillPoint } from './Mishap.js';
import type { CacheVariant } from './WorkerOptions.js';

/** `cache`, or what it must not be. */
export function variantOf(cache: PassCache, variant: CacheVariant): PassCache {
  switch (variant) {
    case 'shipped':
      return cache;
    case 'plain-set':
      return withSwap(cache, plainSet(cache));
  }
}

/** A lease, and then SET: whoever writes last has its way. */
function plainSet(cache: PassCache): PassCache['swap'] {
  return async (key, expected, next, options) => {
    let version = expected;
    for (;;) {
      const result = await cache.swap(key, version, next, options);
      if (result.ok || !key.endsWith(':c')) return result;
      version = result.current?.version ?? null;
    }
  };
}

/** Calls `reached` when a record is stored, before anybody knows. */
export function tellingPoints(cache: PassCache, reached: (point: KillPoint) => void): PassCache {
  return withSwap(cache, async (key, expected, next, options) => {
    const result = await cache.swap(key, expected, next, options);
    const point = points[key.slice(-2)];
    if (result.ok && next !== null && point !== undefined) reached(point);
    return result;
  });
}

const points: Readonly<Record<string, KillPoint>> = {
  ':l': 'lease-taken',
  ':c': 'pair-stored',
  ':t': 'token-stored',
};

/** Everything of `cache` but its `swap`, also what this file does not know of. */
function withSwap(cache: PassCache, swap: PassCache['swap']): PassCache {
  return new Proxy({} as PassCache, {
    has: (_target, name) => Reflect.has(cache, name),
    get(_target, name) {
      if (name === 'swap') return swap;
      const member = Reflect.get(cache, name) as unknown;
      return typeof member === 'function' ? (member.bind(cache) as unknown) : member;
    },
  });
}
