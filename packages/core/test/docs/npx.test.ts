import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readText, root } from './documents.js';

const files = ['.changeset', 'docs', 'packages', 'apps']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => !/node_modules|dist|CHANGELOG/.test(file))
  .filter((file) => /\.md$|\bsrc\b.*\.ts$/.test(file));

// A name without a scope belongs to whoever registers it: npx would run their program, beside the secrets.
it('no text has a reader run a program of ours without the name of its package', () => {
  const texts = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...files].map((file) => readText(file));
  const run = texts.flatMap((text) => [...text.matchAll(/\bnpx (.+)/g)].map(([, what = '']) => what));
  expect(run.length).toBeGreaterThan(5);
  expect(run.filter((what) => what.startsWith('pass-'))).toEqual([]);
});
