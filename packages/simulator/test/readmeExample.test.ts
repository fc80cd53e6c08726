import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { example } from './support/readmeExample.js';

test('the program in the README is the one that is compiled and run here', async () => {
  await example();

  const program = readFileSync(new URL('./support/readmeExample.ts', import.meta.url), 'utf8');
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const block = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? 'no block';
  expect(program.replace('export async function', 'async function')).toContain(block);
});
