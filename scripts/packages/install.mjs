import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

/** @typedef {{ name?: string, version?: string, dependencies?: Record<string, string> }} Manifest */

const npmInstall = [
  'install',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--no-package-lock',
  '--ignore-scripts',
  '--loglevel=error',
];

/**
 * Installs what the package.json in the folder asks for, the packages of this workspace from their tarballs.
 * @param {string} folder @param {readonly import('./pack.mjs').Packed[]} packed those to be installed
 */
export async function install(folder, packed) {
  const file = join(folder, 'package.json');
  const manifest = readManifest(file);
  const ours = Object.fromEntries(packed.map((each) => [each.manifest.name, `file:${each.tarball}`]));
  writeFileSync(file, JSON.stringify({ ...manifest, dependencies: { ...manifest.dependencies, ...ours } }));
  const { ok, output } = await run('npm', npmInstall, { cwd: folder });
  if (!ok) throw new Error(`The installation fails in ${folder}:\n${output}`);
}

/**
 * A consumer's own folder inside its installation, as npm would find it on its user's machine.
 * @param {string} template @param {string} folder @param {'module' | 'commonjs'} type
 * @param {readonly import('./pack.mjs').Packed[]} packed
 */
export async function installConsumer(template, folder, type, packed) {
  mkdirSync(folder, { recursive: true });
  cpSync(template, folder, { recursive: true });
  const file = join(folder, 'package.json');
  if (!existsSync(file)) {
    writeFileSync(file, JSON.stringify({ private: true, type }));
    return;
  }
  const wanted = Object.keys(readManifest(file).dependencies ?? {});
  await install(
    folder,
    packed.filter((each) => wanted.includes(each.manifest.name)),
  );
}

/** @param {string} file @returns {Manifest} */
export const readManifest = (file) => /** @type {Manifest} */ (JSON.parse(readFileSync(file, 'utf8')));
