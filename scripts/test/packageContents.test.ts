import { describe, expect, test } from 'vitest';
import {
  findContentProblems,
  findDependencyProblems,
  findManifestProblems,
  saysAny,
} from '../packageContents.mjs';

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
      { name: '@pass-dcr/express', bytes: 150_001 },
      '@pass-dcr/express weighs 150001 bytes packed, more than 150000, without comments and declarations',
    ],
    [
      'for an install script',
      { scripts: { postinstall: 'x' } },
      "@pass-dcr/core runs a postinstall script on its user's machine",
    ],
  ])('%s', (_why, change, problem) => {
    expect(findContentProblems({ ...good, ...change })).toEqual([problem]);
  });
});

describe('the dependencies of a package', () => {
  test.each([
    ['that are listed are accepted', { dependencies: { lmdb: '3.5.6' } }, []],
    [
      'that are not listed are refused',
      { dependencies: { lmdb: '3.5.6', 'left-pad': '1.3.0' } },
      ['@pass-dcr/file-cache must not depend on left-pad'],
    ],
    [
      'that are optional are dependencies too',
      { dependencies: { lmdb: '3.5.6' }, optionalDependencies: { fsevents: '2.3.3' } },
      ['@pass-dcr/file-cache must not depend on fsevents'],
    ],
    [
      'that it no longer has leave the list',
      {},
      ['@pass-dcr/file-cache may depend on lmdb but does not: strike it from the list'],
    ],
  ])('%s', (_why, manifest, problems) => {
    expect(findDependencyProblems({ name: '@pass-dcr/file-cache', ...manifest })).toEqual(problems);
  });

  test('of a package that nobody has listed are none', () => {
    expect(findDependencyProblems({ name: '@pass-dcr/express' })).toEqual([]);
    expect(findDependencyProblems({ name: '@pass-dcr/new', dependencies: { koa: '3.3.0' } })).toEqual([
      '@pass-dcr/new must not depend on koa',
    ]);
  });
});

describe('the manifest of a package', () => {
  const manifest = {
    ...{
      name: '@pass-dcr/express',
      version: '0.3.1',
      homepage: 'https://x.test',
      bugs: 'https://x.test/issues',
    },
    peerDependencies: { '@pass-dcr/core': '^0.3.1', express: '^4.18.0 || ^5.0.0' },
  };

  test('that says where to turn, and pairs with its own minor, is accepted', () => {
    expect(findManifestProblems(manifest)).toEqual([]);
  });

  test.each(['>=0.0.0 <1.0.0', '^0.2.0', '*'])('that may be paired with %s is refused', (range) => {
    expect(findManifestProblems({ ...manifest, peerDependencies: { '@pass-dcr/core': range } })).toEqual([
      `@pass-dcr/express 0.3.1 can be paired with @pass-dcr/core ${range}, which may not fit`,
    ]);
  });

  test('that does not say where to turn is refused', () => {
    expect(findManifestProblems({ ...manifest, homepage: undefined, bugs: undefined })).toEqual([
      '@pass-dcr/express publishes no homepage',
      '@pass-dcr/express publishes no bugs',
    ]);
  });
});

test('declarations that say any are found, whatever comments and texts say', () => {
  expect(saysAny("/** Of any device. */\nexport declare const x: 'any'; // any")).toBe(false);
  expect(saysAny('export declare function getPass(request: object): any;')).toBe(true);
  expect(saysAny("export declare const x: Record<'it\\'s', any>;")).toBe(true);
});
