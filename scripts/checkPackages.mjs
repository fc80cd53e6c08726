// Packs every public package as it would be published and looks at the tarballs as their users will: the list of files,
// the manifest, the types, projects outside the workspace that install them, start, and answer a request, what these
// print of an error, and what importing costs.
// With arguments: only the consumers whose name contains one of them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkConsumers } from './packages/checkConsumers.mjs';
import { checkFailures } from './packages/checkFailures.mjs';
import { checkTarball } from './packages/checkTarball.mjs';
import { comparisons, findImportProblems, importTable, importTimes } from './packages/importTime.mjs';
import { packAll } from './packages/pack.mjs';
import { inParallel } from './packages/run.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-packages-'));

/** @type {string[]} */
const problems = [];
try {
  const packed = await packAll(join(root, 'packages'), folder);
  if (wanted.length === 0) {
    const findings = await inParallel(packed, async (each) => await checkTarball(each, root), 1);
    for (const { problems: found, details } of findings) {
      problems.push(...found);
      if (details !== '') console.error(details);
    }
  }
  const templates = join(root, 'scripts/consumers');
  const { problems: found, installed } = await checkConsumers(packed, { templates, folder, wanted });
  problems.push(...found);
  if (wanted.length === 0) {
    const folders = { templates, installed: installed('newest'), packages: join(root, 'packages') };
    problems.push(...(await checkFailures(folders)));
    const times = await importTimes(installed('newest'), comparisons);
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
