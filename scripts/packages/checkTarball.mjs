import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  findContentProblems,
  findDependencyProblems,
  findManifestProblems,
  saysAny,
  withoutComments,
} from '../packageContents.mjs';
import { run } from './run.mjs';

/**
 * One package as it would be published: the list of its files, its manifest (publint), its types (attw).
 * @param {import('./pack.mjs').Packed} packed @param {string} root where publint and attw are installed
 * @returns {Promise<{ problems: string[], details: string }>}
 */
export async function checkTarball({ manifest, tarball, files }, root) {
  const { name, scripts = {} } = manifest;
  const unpacked = await unpack(tarball);
  const bytes = weigh(unpacked, files);
  const kilobytes = (/** @type {number} */ count) => `${(count / 1000).toFixed(1)} kB`;
  console.log(
    `${name}: ${files.length} files, ${kilobytes(statSync(tarball).size)} packed, ${kilobytes(bytes)} without comments and declarations`,
  );
  const problems = findContentProblems({ name, files, bytes, scripts });
  problems.push(...findDependencyProblems(manifest), ...findManifestProblems(manifest));
  if (/"(?:@pass-dcr\/source|workspace:)/.test(JSON.stringify(manifest)))
    problems.push(`${name} publishes a manifest that only works inside this workspace`);
  problems.push(...findAny(unpacked, files).map((file) => `${name} says any in ${file}`));

  const [publint, attw] = await Promise.all([
    run('publint', ['run', tarball, '--strict'], { cwd: root }),
    run('attw', [tarball, '--profile', 'node16', '--no-color'], { cwd: root }),
  ]);
  let details = '';
  for (const [tool, { ok, output }] of Object.entries({ publint, attw })) {
    if (ok) continue;
    problems.push(`${tool} refuses ${name}`);
    details += output;
  }
  return { problems, details };
}

/** @param {string} tarball @returns {Promise<string>} where its files are */
async function unpack(tarball) {
  const folder = mkdtempSync(join(dirname(tarball), 'unpacked-'));
  await run('tar', ['-xzf', tarball, '-C', folder], { cwd: folder });
  return join(folder, 'package');
}

/** @param {string} folder @param {readonly string[]} files */
function weigh(folder, files) {
  const texts = files
    .filter((file) => !file.endsWith('.d.ts'))
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return file.endsWith('.js') ? withoutComments(text) : text;
    });
  return gzipSync(texts.join('\n'), { level: 9 }).length;
}

/** @param {string} folder @param {readonly string[]} files */
function findAny(folder, files) {
  return files.filter((file) => file.endsWith('.d.ts') && saysAny(readFileSync(join(folder, file), 'utf8')));
}
