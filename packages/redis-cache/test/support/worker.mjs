// A process of its own with caches on one Redis, built, as a server has it. Answers to calls, one message each.
import { redisCache } from '@pass-dcr/redis-cache';
import { Cluster, Redis } from 'ioredis6';

const [mode, addresses] = process.argv.slice(2);
const nodes = JSON.parse(addresses);
const client = mode === 'cluster' ? new Cluster(nodes) : new Redis(nodes[0]);
client.on('error', () => {});
const limits = { readTimeoutMs: 5000, swapTimeoutMs: 5000 };
const caches = new Map();

const commands = {
  open: (cache, options) => void caches.set(cache, redisCache({ client, ...limits, ...options })),
  read: (cache, ...args) => caches.get(cache).read(...args),
  swap: (cache, ...args) => caches.get(cache).swap(...args),
  close: (cache) => caches.get(cache).close(),
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
