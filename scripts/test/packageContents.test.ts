import { describe, expect, test } from 'vitest';
import { findContentProblems, saysAny } from '../packageContents.mjs';

const good = {
  name: '@pass-dcr/core',
  files: [
    'package.json',
    'README.md',
    'LICENSE',
    'dist/esm/index.js',
    'dist/esm/index.d.ts',
    'dist/cjs/package.json',
  ],
  bytes: 40_000,
  scripts: { build: 'tsc' },
};

test('a package of code, types, README and licence is accepted', () => {
  expect(findContentProblems(good)).toEqual([]);
});

describe('a package is refused', () => {
  test.each([
    [
      'for its sources',
      { files: [...good.files, 'src/index.ts'] },
      '@pass-dcr/core must not publish src/index.ts',
    ],
    [
      'for a source map',
      { files: [...good.files, 'dist/esm/index.js.map'] },
      '@pass-dcr/core must not publish dist/esm/index.js.map',
    ],
    [
      'for tests',
      { files: [...good.files, 'test/a.test.ts'] },
      '@pass-dcr/core must not publish test/a.test.ts',
    ],
    [
      'without a licence',
      { files: good.files.filter((file) => file !== 'LICENSE') },
      '@pass-dcr/core publishes no LICENSE',
    ],
    [
      'when it was not built',
      { files: good.files.slice(0, 3) },
      '@pass-dcr/core publishes no dist/; was it built?',
    ],
    [
      'for its weight',
      { name: '@pass-dcr/express', bytes: 60_001 },
      '@pass-dcr/express weighs 60001 bytes packed, more than 60000',
    ],
    [
      'for an install script',
      { scripts: { postinstall: 'x' } },
      "@pass-dcr/core runs a postinstall script on its user's machine",
    ],
  ])('%s', (_why, change, problem) => {
    expect(findContentProblems({ ...good, ...change })).toEqual([problem]);
  });

  test('except that the simulator may weigh more', () => {
    expect(findContentProblems({ ...good, name: '@pass-dcr/simulator', bytes: 200_000 })).toEqual([]);
  });
});

test('declarations that say any are found, whatever comments and texts say', () => {
  expect(saysAny("/** Of any device. */\nexport declare const x: 'any'; // any")).toBe(false);
  expect(saysAny('export declare function getPass(request: object): any;')).toBe(true);
  expect(saysAny("export declare const x: Record<'it\\'s', any>;")).toBe(true);
});
