// Copies its input to its output as slowly as a congested terminal: 64 bytes, then a pause.
import { readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const pauseMs = 5;
const buffer = Buffer.alloc(64);

/** @returns {number | null} bytes read; `null`: none yet */
function read() {
  try {
    return readSync(0, buffer);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return null;
    // How Windows says that the other end is closed.
    if (error instanceof Error && 'code' in error && error.code === 'EOF') return 0;
    throw error;
  }
}

/** @type {Buffer[]} */
const chunks = [];
for (let bytes = read(); bytes !== 0; bytes = read()) {
  if (bytes !== null) chunks.push(Buffer.from(buffer.subarray(0, bytes)));
  await sleep(pauseMs);
}
process.stdout.write(Buffer.concat(chunks));
