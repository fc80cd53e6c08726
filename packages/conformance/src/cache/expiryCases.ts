import { lasting, readOne, store, versionOf, type CacheSuite } from './CacheSuite.js';

/** Long enough that a busy machine answers well before it. */
const lifeMs = 1500;

export function expiryCases({ test, equal, pass }: CacheSuite): void {
  test('an entry does not expire early', async ({ cache, key }) => {
    const at = key();
    const writtenAt = Date.now();
    const entry = await store(cache, at, { value: 'value', ttlMs: lifeMs });
    await pass(lifeMs * 0.6);
    const found = await readOne(cache, at);
    // Where the machine was held up for longer than the entry lives, this run shows nothing.
    if (Date.now() - writtenAt < lifeMs) equal(found, entry);
  });

  test('an entry expires, is then read as absent, and can be replaced as absent', async ({ cache, key }) => {
    const [at, lastingKey] = [key(), key()];
    const kept = await store(cache, lastingKey, lasting('kept'));
    const { version } = await store(cache, at, { value: 'value', ttlMs: 200 });
    await pass(500);
    equal(await cache.read([at, lastingKey], { strong: true }), [null, kept]);
    equal(await cache.swap(at, version, lasting('late')), { ok: false, current: null });
    equal((await cache.swap(at, null, lasting('new'))).ok, true);
  });

  test('deleting an expired entry is a success', async ({ cache, key }) => {
    const at = key();
    const { version } = await store(cache, at, { value: 'value', ttlMs: 50 });
    await pass(300);
    equal(await cache.swap(at, version, null), { ok: true, version: null });
  });

  test('a time to live of one millisecond is one', async ({ cache, key }) => {
    const at = key();
    await store(cache, at, { value: 'value', ttlMs: 1 });
    await pass(200);
    equal(await readOne(cache, at), null);
  });

  test('an entry without a time to live stays', async ({ cache, key }) => {
    const at = key();
    const entry = await store(cache, at, lasting('value'));
    await pass(600);
    equal(await readOne(cache, at), entry);
  });

  test('a write that never expires ends the expiry of what it replaces', async ({ cache, key }) => {
    const at = key();
    const { version } = await store(cache, at, { value: 'lease', ttlMs: 400 });
    const next = versionOf(await cache.swap(at, version, lasting('kept')));
    await pass(700);
    equal(await readOne(cache, at), { value: 'kept', version: next });
  });

  test('a write that expires ends what it replaces', async ({ cache, key }) => {
    const at = key();
    const { version } = await store(cache, at, lasting('kept'));
    await cache.swap(at, version, { value: 'lease', ttlMs: 100 });
    await pass(400);
    equal(await readOne(cache, at), null);
  });

  test('a conflict does not prolong what it meets', async ({ cache, key }) => {
    const at = key();
    await store(cache, at, { value: 'value', ttlMs: 200 });
    await cache.swap(at, null, { value: 'other', ttlMs: 60_000 });
    await pass(500);
    equal(await readOne(cache, at), null);
  });
}
