// A process with a file cache under load. Writes down what was acknowledged, as soon as it was, into a file that is traced
// with the data file: so the trace has the order of both.
import { openSync, writeSync } from 'node:fs';
import { fileCache } from '@pass-dcr/file-cache';

const [path, acknowledgements, rounds] = process.argv.slice(2);
const journal = openSync(acknowledgements, 'a');
const cache = fileCache({ path });
const valueOf = (key) => `${key} ${'x'.repeat(300)}`;

async function store(key) {
  const { ok } = await cache.swap(key, null, { value: valueOf(key), ttlMs: null });
  if (ok) writeSync(journal, `${key}\n`);
}

for (let round = 0; round < Number(rounds); round += 1) {
  await store(`k:{${round}}:c`);
  // Tokens come and go, so pages are used again.
  const token = await cache.swap(`k:{${round}}:t`, null, { value: 'x'.repeat(900), ttlMs: 60_000 });
  const more = Array.from({ length: round % 4 }, (_, index) => store(`k:{${round}-${index}}:c`));
  const gone = round % 3 === 0 ? cache.swap(`k:{${round}}:t`, token.version, null) : null;
  await Promise.all([...more, gone]);
}
await cache.close();
