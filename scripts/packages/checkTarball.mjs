import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findContentProblems, findDependencyProblems, saysAny } from '../packageContents.mjs';
import { run } from './run.mjs';

/**
 * One package as it would be published: the list of its files, its manifest (publint), its types (attw).
 * @param {import('./pack.mjs').Packed} packed @param {string} root where publint and attw are installed
 * @returns {Promise<{ problems: string[], details: string }>}
 */
export async function checkTarball({ manifest, tarball, files }, root) {
  const { name, scripts = {} } = manifest;
  const bytes = statSync(tarball).size;
  console.log(`${name}: ${files.length} files, ${(bytes / 1000).toFixed(1)} kB packed`);
  const problems = findContentProblems({ name, files, bytes, scripts });
  problems.push(...findDependencyProblems(manifest));
  if (/"(?:@pass-dcr\/source|workspace:)/.test(JSON.stringify(manifest)))
    problems.push(`${name} publishes a manifest that only works inside this workspace`);
  problems.push(...(await findAny(tarball, files)).map((file) => `${name} says any in ${file}`));

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

/** @param {string} tarball @param {readonly string[]} files */
async function findAny(tarball, files) {
  const folder = mkdtempSync(join(dirname(tarball), 'unpacked-'));
  await run('tar', ['-xzf', tarball, '-C', folder], { cwd: folder });
  return files.filter(
    (file) => file.endsWith('.d.ts') && saysAny(readFileSync(join(folder, 'package', file), 'utf8')),
  );
}
