// Packs every public package as it would be published and looks at the tarballs as their users will: the list of files,
// the manifest, the types, projects outside the workspace that install them, start, and answer a request, what these
// print of an error, and what importing costs.
// With arguments: only the consumers whose name contains one of them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkConsumers, consumersNamed, installFor } from './packages/checkConsumers.mjs';
import { checkFailures } from './packages/checkFailures.mjs';
import { checkTarball } from './packages/checkTarball.mjs';
import { comparisons, findImportProblems, importTable, importTimes } from './packages/importTime.mjs';
import { packAll } from './packages/pack.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-packages-'));

/** @type {string[]} */
const problems = [];
try {
  const chosen = consumersNamed(wanted);
  const packed = await packAll(join(root, 'packages'), folder);
  const place = { packed, templates: join(root, 'scripts/consumers'), folder };
  // Installing waits for npm's registry, most of its time.
  await Promise.all([wanted.length === 0 ? checkTarballs(packed) : undefined, installFor(chosen, place)]);
  const checkAll = async () => {
    problems.push(...(await checkConsumers(chosen, place)));
    if (wanted.length > 0) return;
    const folders = {
      ...{ templates: place.templates, installed: join(folder, 'newest') },
      packages: join(root, 'packages'),
    };
    problems.push(...(await checkFailures(folders)));
  };
  // It takes its turns beside the others: what is measured is the time of the processor.
  const importing = wanted.length === 0 ? importTimes(join(folder, 'newest'), comparisons) : undefined;
  const [times] = await Promise.all([importing, checkAll()]);
  if (times !== undefined) {
    for (const line of importTable(comparisons, times)) console.log(line);
    const names = packed.map(({ manifest }) => manifest.name);
    problems.push(...findImportProblems(names, comparisons, times));
  }
} catch (error) {
  problems.push(error instanceof Error ? error.message : String(error));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) console.error(`✗ ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);

/** @param {readonly import('./packages/pack.mjs').Packed[]} packed */
async function checkTarballs(packed) {
  for (const each of packed) {
    const { problems: found, details } = await checkTarball(each, root);
    problems.push(...found);
    if (details !== '') console.error(details);
  }
}
