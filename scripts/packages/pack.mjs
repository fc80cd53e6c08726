import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inParallel, run } from './run.mjs';

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {Record<string, unknown>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 */
/** @typedef {{ manifest: Manifest, tarball: string, files: string[] }} Packed */

/** @param {string} text @returns {Manifest} */
const parseManifest = (text) => /** @type {Manifest} */ (JSON.parse(text));

/**
 * Every public package as it would be published.
 * @param {string} packages the folder of their folders @param {string} destination
 * @returns {Promise<Packed[]>}
 */
export async function packAll(packages, destination) {
  const folders = readdirSync(packages)
    .map((name) => join(packages, name))
    .filter((folder) => parseManifest(readFileSync(join(folder, 'package.json'), 'utf8')).private !== true);
  return await inParallel(folders, async (folder) => await pack(folder, destination), 2);
}

/** @param {string} folder @param {string} destination @returns {Promise<Packed>} */
async function pack(folder, destination) {
  const target = mkdtempSync(join(destination, 'tarball-'));
  await output('pnpm', ['pack', '--pack-destination', target], folder);
  const [name = ''] = readdirSync(target);
  const tarball = join(target, name);
  const files = (await output('tar', ['-tzf', tarball], target))
    .split('\n')
    .filter(Boolean)
    .map((file) => file.replace(/^package\//, ''));
  // The manifest in the tarball is the published one: publishConfig is applied and workspace: ranges are versions.
  const manifest = parseManifest(await output('tar', ['-xzOf', tarball, 'package/package.json'], target));
  return { manifest, tarball, files };
}

/** @param {string} command @param {string[]} args @param {string} cwd */
async function output(command, args, cwd) {
  const outcome = await run(command, args, { cwd });
  if (!outcome.ok) throw new Error(`${command} ${args.join(' ')} failed in ${cwd}:\n${outcome.output}`);
  return outcome.output;
}
