import type { PassCache } from '@pass-dcr/core';
import { lasting, readOne, store, type CacheSuite } from './CacheSuite.js';

/** A cache need not tell when it is back. One that does may say so at any time, also at once, and more often than needed. */
export function reconnectCases({ testMethod, equal }: CacheSuite): void {
  const name = 'onReconnect lets each listener go by itself, more than once, and after the cache is closed';
  testMethod('onReconnect', name, async ({ cache, key }) => {
    const listened = listening(cache);
    const ended = listening(cache);
    ended.end();
    const before = ended.calls();
    ended.end();
    const at = key();
    await store(cache, at, lasting('value'));
    equal((await readOne(cache, at))?.value, 'value');
    equal(ended.calls(), before);
    await cache.close?.();
    listened.end();
    equal(ended.calls(), before);
  });
}

function listening(cache: PassCache): { readonly end: () => void; readonly calls: () => number } {
  let calls = 0;
  const end = cache.onReconnect?.(() => {
    calls += 1;
  });
  if (typeof end !== 'function')
    throw new Error(`onReconnect must return a function, returned ${typeof end}`);
  return { end, calls: () => calls };
}
