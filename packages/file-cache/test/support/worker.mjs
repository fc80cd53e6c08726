// A process of its own with a file cache, from source as in the tests. Answers to calls, one message each.
import { createViteServer } from 'vitest/node';

const [path] = process.argv.slice(2);
const server = await createViteServer({
  configFile: false,
  root: new URL('../..', import.meta.url).pathname,
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true, include: [] },
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  ssr: { resolve: { conditions: ['@pass-dcr/source', 'module', 'node', 'development|production'] } },
});
const { fileCache } = await server.ssrLoadModule('/src/index.ts');
let cache = fileCache({ path });

const commands = {
  read: (...args) => cache.read(...args),
  swap: (...args) => cache.swap(...args),
  close: () => cache.close(),

  /** Tries to be first at every key, at the same instant as others. */
  async race(keys, startAt) {
    await new Promise((resolve) => setTimeout(resolve, startAt - Date.now()));
    const results = await Promise.all(keys.map((key) => cache.swap(key, null, { value: `of ${process.pid}`, ttlMs: null }, { timeoutMs: 20_000 })));
    return keys.filter((_, index) => results[index].ok);
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

process.on('message', async ({ id, command, args }) => {
  try {
    process.send({ id, value: await commands[command](...args) });
  } catch (error) {
    process.send({ id, error: error.message });
  }
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
