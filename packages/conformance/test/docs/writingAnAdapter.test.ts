import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const here = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const page = here('../../../../docs/writing-an-adapter.md');
const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code);

it('docs/writing-an-adapter.md shows the adapter and its test as they are compiled and run here', () => {
  expect(blocks).toEqual([here('nodeAdapter.ts'), here('nodeAdapter.test.ts')]);
});

it('the adapter of docs/writing-an-adapter.md imports what everybody can', () => {
  const imported = [...here('nodeAdapter.ts').matchAll(/from '([^']+)'/g)].map(([, name]) => name);
  expect(imported).toEqual(['node:http', '@pass-dcr/core']);
});
