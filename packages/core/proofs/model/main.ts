import process from 'node:process';
import { isMainThread, Worker } from 'node:worker_threads';
import { check } from './check.js';

/** The search makes short-lived objects by the million: a large nursery spares it a third of the time. */
const resourceLimits = { maxYoungGenerationSizeMb: 192, maxOldGenerationSizeMb: 9_000 };

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2), resourceLimits });
  worker.on('exit', (code) => {
    process.exitCode = code;
  });
} else {
  process.exitCode = check() ? 0 : 1;
}
