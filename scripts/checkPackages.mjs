// Packs every public package as it would be published and looks at the tarballs as their users will: the list of files,
// the manifest, the types, projects outside the workspace that install them, start, and answer a request, what these
// print of an error, what importing costs, and what becomes of somebody who follows README.md or copies an example.
// With arguments: only the consumers whose name contains one of them; "newcomers": only the last of these.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkConsumers, consumersNamed, installFor } from './packages/checkConsumers.mjs';
import { checkFailures } from './packages/checkFailures.mjs';
import { checkNewcomers } from './packages/newcomers.mjs';
import { checkTarball } from './packages/checkTarball.mjs';
import { comparisons, findImportProblems, importTable, importTimes } from './packages/importTime.mjs';
import { packAll } from './packages/pack.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const given = process.argv.slice(2);
const wanted = given.filter((each) => each !== 'newcomers');
const consumersWanted = given.length === 0 || wanted.length > 0;
const newcomersWanted = given.length === 0 || given.includes('newcomers');
const allWanted = given.length === 0;
const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-packages-'));

/** @type {string[]} */
const problems = [];
try {
  const chosen = consumersWanted ? consumersNamed(wanted) : [];
  const packed = await packAll(join(root, 'packages'), folder);
  const place = { packed, templates: join(root, 'scripts/consumers'), folder };
  // Installing waits for npm's registry, most of its time.
  await Promise.all([
    allWanted ? checkTarballs(packed) : undefined,
    consumersWanted ? installFor(chosen, place) : undefined,
  ]);
  const checkAll = async () => {
    if (consumersWanted) problems.push(...(await checkConsumers(chosen, place)));
    if (newcomersWanted) problems.push(...(await checkNewcomers(packed, { root, folder })));
    if (!allWanted) return;
    const folders = {
      ...{ templates: place.templates, installed: join(folder, 'newest') },
      packages: join(root, 'packages'),
    };
    problems.push(...(await checkFailures(folders)));
  };
  // It takes its turns beside the others: what is measured is the time of the processor.
  const importing = allWanted ? importTimes(join(folder, 'newest'), comparisons) : undefined;
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
