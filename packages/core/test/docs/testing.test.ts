import { expect, it } from 'vitest';
import { codeBlocks, readText } from './documents.js';

it.each(['express', 'koa', 'fastify', 'nest'])(
  'docs/testing.md shows the test for %s word for word',
  (name) => {
    const test = readText(`packages/${name}/test/fakePass.test.ts`);
    const asTheReaderHasIt = test.replaceAll("'../src/index.js'", `'@pass-dcr/${name}'`);
    expect(codeBlocks(readText('docs/testing.md'), 'ts')).toContain(asTheReaderHasIt);
  },
);
