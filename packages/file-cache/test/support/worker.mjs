// A process of its own with a file cache, built, as a server has it. Answers to calls, one message each.
import { fileCache } from '@pass-dcr/file-cache';

const [path] = process.argv.slice(2);
const cache = fileCache({ path });

const commands = {
  read: (...args) => cache.read(...args),
  swap: (...args) => cache.swap(...args),
  check: () => cache.check(),
  close: () => cache.close(),

  /** Tries to be first at every key, at the same instant as others. */
  async race(keys, startAt) {
    await new Promise((resolve) => setTimeout(resolve, startAt - Date.now()));
    const results = await Promise.all(
      keys.map((key) =>
        cache.swap(key, null, { value: `of ${process.pid}`, ttlMs: null }, { timeoutMs: 20_000 }),
      ),
    );
    return keys.filter((_, index) => results[index].ok);
  },

  /** Counts up by one after a strong read, as long as others do too, until it did so `times` times. */
  async count(key, times) {
    for (let counted = 0; counted < times;) {
      const [found] = await cache.read([key], { strong: true, timeoutMs: 60_000 });
      const next = { value: String(Number(found?.value ?? 0) + 1), ttlMs: null };
      const { ok } = await cache.swap(key, found?.version ?? null, next, { timeoutMs: 60_000 });
      if (ok) counted += 1;
    }
  },

  /** Stores without end, and says what is acknowledged. */
  async writeUntilKilled(prefix) {
    for (let batch = 0; ; batch += 1) {
      await Promise.all(
        Array.from({ length: 10 }, async (_, index) => {
          const key = `${prefix}:${batch}:${index}`;
          const { ok } = await cache.swap(key, null, { value: `value of ${key}`, ttlMs: null });
          if (ok) process.send({ acknowledged: key });
        }),
      );
    }
  },
};

async function answer({ id, command, args }) {
  try {
    process.send({ id, value: await commands[command](...args) });
  } catch (error) {
    process.send({ id, error: error.message });
  }
}

process.on('message', (call) => void answer(call));
process.on('disconnect', () => process.exit());
process.send({ ready: true });
