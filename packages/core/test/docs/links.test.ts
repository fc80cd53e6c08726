import { describe, expect, it } from 'vitest';
import { brokenLink, documents, localLinks, readText, root } from './documents.js';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const others = [
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/choosing-a-cache.md',
  'docs/found.md',
  'docs/operations.md',
  'docs/performance.md',
  'docs/playing.md',
  'docs/proof.md',
  'docs/proxies.md',
  'docs/security.md',
  'docs/signing-in.md',
  'docs/single-sign-on.md',
  'docs/testing.md',
  'docs/writing-an-adapter.md',
  'docs/writing-a-cache.md',
  'packages/conformance/README.md',
  'packages/redis-cache/README.md',
  'packages/express/README.md',
  'packages/fastify/README.md',
  'packages/file-cache/README.md',
  'packages/koa/README.md',
  'packages/simulator/README.md',
  'apps/express-example/README.md',
  'apps/koa-example/README.md',
  'apps/nest-example/README.md',
  'apps/fastify-example/README.md',
];

describe.each([...documents, ...others])('%s', (document) => {
  it('links to files, headings and names that exist', () => {
    const broken = localLinks(document).map(brokenLink);
    expect(broken.filter((problem) => problem !== undefined)).toEqual([]);
  });
});

describe.each(documents)('%s', (document) => {
  it('names files that exist', () => {
    // Files of the user's own have no folder in front of them.
    const named = Array.from(
      readText(document).matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|mjs|md))`/g),
      ([, path = '']) => path,
    );
    const missing = named.filter(
      (path) => ![path, `packages/core/src/${path}`].some((at) => existsSync(join(root, at))),
    );
    expect(missing).toEqual([]);
  });
});

describe('brokenLink', () => {
  it('tells a file, a heading and a name that are not there', () => {
    const path = 'packages/core/src/errors.ts';
    expect(brokenLink({ text: '`PassError`', path, anchor: undefined })).toBeUndefined();
    expect(brokenLink({ text: '`NoSuchName`', path, anchor: undefined })).toBe(
      `${path} does not hold NoSuchName`,
    );
    expect(brokenLink({ text: 'here', path: 'docs/none.md', anchor: undefined })).toBe(
      'docs/none.md does not exist',
    );
    expect(brokenLink({ text: 'here', path: 'CONTRIBUTING.md', anchor: 'style' })).toBeUndefined();
    expect(brokenLink({ text: 'here', path: 'CONTRIBUTING.md', anchor: 'none' })).toBe(
      'CONTRIBUTING.md has no heading #none',
    );
  });
});
