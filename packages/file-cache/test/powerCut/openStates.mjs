// Opens folders as a server that starts after a power cut, and says of each what became of it. A process of its own, since
// a damaged file could end it with a signal.
import { fileCache } from '@pass-dcr/file-cache';

async function outcomeOf({ path, keys }) {
  let cache;
  try {
    cache = fileCache({ path });
  } catch (error) {
    return { kind: 'refused', message: String(error.message) };
  }
  try {
    const found = keys.length === 0 ? [] : await cache.read(keys);
    const missing = keys.filter((key, index) => !found[index]?.value.startsWith(`${key} `));
    // It must take the next device, too.
    const { ok } = await cache.swap('k:{next}:c', null, { value: 'next', ttlMs: null });
    return ok ? { kind: 'opened', missing } : { kind: 'refused', message: 'a write met a conflict' };
  } catch (error) {
    return { kind: 'refused', message: String(error.message) };
  } finally {
    await cache.close();
  }
}

const answer = async (state) => process.send(await outcomeOf(state));
process.on('message', (state) => void answer(state));
process.on('disconnect', () => process.exit());
process.send({ kind: 'ready' });
