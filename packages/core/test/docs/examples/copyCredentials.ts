import type { PassCache } from '../../../src/index.js';

/** `space`: how keys name environment and application, such as `rp:tv`. Returns how many records had to be written. */
export async function copyCredentials(from: PassCache, to: PassCache, space: string): Promise<number> {
  if (from.keys === undefined) throw new Error('The first cache cannot list its keys.');
  let written = 0;
  const copy = async (key: string): Promise<void> => {
    const [[found], [there]] = await Promise.all([
      from.read([key], { strong: true }),
      to.read([key], { strong: true }),
    ]);
    if (!found || found.value === there?.value) return;
    const { ok } = await to.swap(key, there?.version ?? null, { value: found.value, ttlMs: null });
    if (!ok) throw new Error('Somebody else writes to the second cache: stop the servers that use it.');
    written += 1;
  };
  for await (const keys of from.keys(`pass-dcr:${space}:`))
    await Promise.all(keys.filter((key) => /(\}:c|:meta)$/.test(key)).map(copy));
  return written;
}
