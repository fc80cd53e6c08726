// Runs the conformance tests of the adapters with every framework version on the Node that runs this, and with the newest
// version of each framework on the other Nodes, which npm brings.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cellOf, countByRow, tableOf } from './matrixResults.mjs';
import { run } from './packages/run.mjs';

/** @typedef {import('./matrixResults.mjs').Row & { project: string, isNewest: boolean }} Row */
/** @typedef {import('./matrixResults.mjs').Report} Report */
/** @typedef {{ version: string, counts: Map<import('./matrixResults.mjs').Row, import('./matrixResults.mjs').Counts>, problems: string[] }} Column */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const majors = [20, 22, 24, 26];

/** @type {(name: string, major: number, isNewest: boolean, module?: string) => Row} */
const standalone = (name, major, isNewest, module = name.toLowerCase()) => ({
  name: `${name} ${versionIn(`packages/${name.toLowerCase()}/node_modules/${module}`)}`,
  package: name.toLowerCase(),
  project: name.toLowerCase(),
  title: new RegExp(`^${name} ${major}\\b`),
  isNewest,
});

/** @type {(major: number, isNewest: boolean) => Row[]} */
const nest = (major, isNewest) =>
  ['Express', 'Fastify'].map((platform) => ({
    name: `Nest ${versionIn(`packages/nest/versions/nest${major}/node_modules/@nestjs/core`)} on ${platform}`,
    package: 'nest',
    project: `nest${major}`,
    title: new RegExp(`^Nest ${major}\\..* on '?${platform}\\b`),
    isNewest,
  }));

/** @type {readonly Row[]} */
const rows = [
  standalone('Express', 5, true),
  standalone('Express', 4, false, 'express4'),
  standalone('Koa', 3, true),
  standalone('Koa', 2, false, 'koa2'),
  // Its tests are in no group.
  { ...standalone('Fastify', 5, true), title: /^$/ },
  ...nest(12, true),
  ...nest(11, false),
  ...nest(10, false),
];
const newest = rows.filter(({ isNewest }) => isNewest);
const older = rows.filter(({ isNewest }) => !isNewest);
const notOlder = `^(?!${older.map(({ title }) => title.source.slice(1)).join('|')})`;

/** @param {string} folder */
function versionIn(folder) {
  const manifest = readFileSync(join(root, folder, 'package.json'), 'utf8');
  return /** @type {{ version: string }} */ (JSON.parse(manifest)).version;
}

/** @param {number} major */
const isRunning = (major) => process.versions.node.startsWith(`${major}.`);

/** @param {number} major @returns {Promise<string | undefined>} the path of its program */
async function nodeOf(major) {
  if (isRunning(major)) return process.execPath;
  const npm = ['exec', '--yes', '--prefer-offline', '--loglevel=error', `--package=node@${major}`, '--'];
  const { ok, output } = await run('npm', [...npm, 'node', '-p', 'process.execPath'], { cwd: root });
  if (ok) return output.trim().split('\n').at(-1);
  console.error(`Node ${major} cannot be had:\n${output}`);
  return undefined;
}

/** @param {number} major @param {string | undefined} node @param {string} folder @returns {Promise<Column>} */
async function columnOf(major, node, folder) {
  if (node === undefined) {
    const problems = process.env['CI'] === 'true' ? [`Node ${major} cannot be had`] : [];
    return {
      version: `${major} ${problems.length > 0 ? 'missing' : 'skipped'}`,
      counts: new Map(),
      problems,
    };
  }
  const { output: version } = await run(node, ['-p', 'process.versions.node'], { cwd: root });
  const expected = isRunning(major) ? rows : newest;
  const file = join(folder, `${major}.json`);
  const { output } = await run(
    node,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      ...new Set(expected.map(({ project }) => `--project=${project}`)),
      ...(expected === rows ? [] : ['--testNamePattern', notOlder]),
      ...['--reporter=json', `--outputFile=${file}`],
      // The tests mostly wait, and vitest would leave a processor to itself.
      `--maxWorkers=${availableParallelism()}`,
      'conformance.test.ts',
    ],
    { cwd: root, timeoutMs: 500_000 },
  );
  /** @type {Report | undefined} */
  let report;
  try {
    report = /** @type {Report} */ (JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { version: version.trim(), counts: new Map(), problems: [`vitest left no report:\n${output}`] };
  }
  return { version: version.trim(), ...countByRow(report, rows, expected) };
}

const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-matrix-'));
/** @type {Column[]} */
const columns = [];
try {
  const nodes = majors.map(nodeOf);
  for (const [index, major] of majors.entries())
    columns.push(await columnOf(major, await nodes[index], folder));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const heads = ['', ...columns.map(({ version }) => `Node ${version}`)];
const lines = rows.map((row) => [row.name, ...columns.map(({ counts }) => cellOf(counts.get(row)))]);
console.log(tableOf([heads, ...lines]));
const problems = columns.flatMap((column) =>
  column.problems.map((each) => `Node ${column.version}: ${each}`),
);
for (const problem of problems) console.error(`✗ ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);
