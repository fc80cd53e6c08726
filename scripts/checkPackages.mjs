// Packs every public package as it would be published and looks at the tarballs as their users will: the list of files,
// the manifest (publint), the types (attw), and a project outside the workspace that installs, loads and compiles them.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findContentProblems } from './packageContents.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const shell = process.platform === 'win32';

/** @typedef {{ name: string, private?: boolean, scripts?: Record<string, unknown>, peerDependencies?: Record<string, string>, exports?: unknown }} Manifest */
/** @typedef {{ manifest: Manifest, tarball: string, files: string[] }} Packed */

/** @param {string} text @returns {Manifest} */
const parseManifest = (text) => /** @type {Manifest} */ (JSON.parse(text));

/** @param {string} command @param {string[]} args @param {string} cwd */
const output = (command, args, cwd) => execFileSync(command, args, { cwd, shell, encoding: 'utf8' });

/** @type {string[]} */
const problems = [];

/** @param {string} what @param {string} command @param {string[]} args @param {string} cwd */
function expectSuccess(what, command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, shell, encoding: 'utf8' });
  if (status === 0) return;
  problems.push(what);
  console.error(`${what}:\n${stdout}${stderr}`);
}

/** @param {string} folder @param {string} destination @returns {Packed | undefined} */
function pack(folder, destination) {
  if (parseManifest(readFileSync(join(folder, 'package.json'), 'utf8')).private) return undefined;
  const target = mkdtempSync(join(destination, 'tarball-'));
  output('pnpm', ['pack', '--pack-destination', target], folder);
  const [name = ''] = readdirSync(target);
  const tarball = join(target, name);
  const files = output('tar', ['-tzf', tarball], target)
    .split('\n')
    .filter(Boolean)
    .map((file) => file.replace(/^package\//, ''));
  // The manifest in the tarball is the published one: publishConfig is applied and workspace: ranges are versions.
  const manifest = parseManifest(output('tar', ['-xzOf', tarball, 'package/package.json'], target));
  return { manifest, tarball, files };
}

/** @param {Packed} packed */
function checkTarball({ manifest, tarball, files }) {
  const bytes = statSync(tarball).size;
  console.log(`${manifest.name}: ${files.length} files, ${(bytes / 1000).toFixed(1)} kB packed`);
  problems.push(
    ...findContentProblems({ name: manifest.name, files, bytes, scripts: manifest.scripts ?? {} }),
  );
  if (/"(?:@pass-dcr\/source|workspace:)/.test(JSON.stringify(manifest)))
    problems.push(`${manifest.name} publishes a manifest that only works inside this workspace`);
  expectSuccess(`publint refuses ${manifest.name}`, 'publint', ['run', tarball, '--strict'], root);
  expectSuccess(
    `attw refuses ${manifest.name}`,
    'attw',
    [tarball, '--profile', 'node16', '--no-color'],
    root,
  );
}

/** @param {readonly Packed[]} packed @param {string} folder */
function checkConsumer(packed, folder) {
  mkdirSync(folder);
  const names = packed.map(({ manifest }) => manifest.name);
  const compiler = parseManifest(readFileSync(join(root, 'node_modules/typescript/package.json'), 'utf8'));
  const version = 'version' in compiler ? String(compiler.version) : 'latest';
  const dependencies = Object.fromEntries(
    packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]),
  );
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      name: 'consumer',
      private: true,
      dependencies: {
        ...dependencies,
        '@types/express': '5.0.6',
        '@types/koa': '3.0.3',
        '@types/node': '20.19.43',
        // @types/koa wants the version that Koa has; npm would put Express's in its way.
        'content-disposition': '1.0.1',
        express: '5.3.0',
        koa: '3.3.0',
        typescript: version,
      },
    }),
  );
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: ['node'] },
      include: ['*.mts', '*.cts'],
    }),
  );
  const imports = names
    .map((name, index) => `import * as p${index} from ${JSON.stringify(name)};`)
    .join('\n');
  const list = `[${names.map((_, index) => `p${index}`).join(', ')}]`;
  const requires = names
    .map((name, index) => `const p${index} = require(${JSON.stringify(name)});`)
    .join('\n');
  const load = `if (!${list}.every((loaded) => typeof loaded === 'object')) process.exit(1);\n`;
  const sources = {
    'esm.mjs': `${imports}\n${load}`,
    'cjs.cjs': `${requires}\n${load}`,
    'esm.mts': `${imports}\nexport const loaded: object[] = ${list};\n`,
    'cjs.cts': `${imports}\nexport const loaded: object[] = ${list};\n`,
  };
  for (const [file, text] of Object.entries(sources)) writeFileSync(join(folder, file), text);
  const install = [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--loglevel=error',
  ];
  expectSuccess('the tarballs cannot be installed together', 'npm', install, folder);
  expectSuccess('the tarballs cannot be imported', 'node', ['esm.mjs'], folder);
  expectSuccess('the tarballs cannot be required', 'node', ['cjs.cjs'], folder);
  expectSuccess(
    'a nodenext project does not compile',
    'node',
    ['node_modules/typescript/bin/tsc', '-p', '.'],
    folder,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-packages-'));
try {
  const packages = readdirSync(join(root, 'packages')).map((name) =>
    pack(join(root, 'packages', name), folder),
  );
  const packed = packages.filter((each) => each !== undefined);
  for (const each of packed) checkTarball(each);
  checkConsumer(packed, join(folder, 'consumer'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) console.error(`✗ ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);
