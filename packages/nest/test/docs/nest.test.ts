import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

function codeBlocks(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
}

/** An example as its reader has it, who imports the package by its name. */
function publicText(example: string): string {
  return read(`examples/${example}`).replaceAll("'../../../src/index.js'", "'@pass-dcr/nest'");
}

/** What the examples are made of, but not themselves. */
const scenery = ['verifyDeviceToken.ts', 'sports.settings.ts'];

const examples = readdirSync(new URL('examples', import.meta.url)).filter((name) => !scenery.includes(name));
const page = '../../../../docs/nest.md';
const documents = [page, '../../README.md'].map((path) => codeBlocks(read(path)));

describe('docs/nest.md and the README of the package', () => {
  it.each(examples)('show the example %s, word for word', (example) => {
    expect(documents.flat()).toContain(publicText(example));
  });

  it('link to files that exist', () => {
    const links = [...read(page).matchAll(/\]\((?!https:)([^)#]+)/g)].map(([, path = '']) => path);
    expect(links.length).toBeGreaterThan(2);
    for (const link of links)
      expect([link, existsSync(new URL(link, new URL(page, import.meta.url)))]).toEqual([link, true]);
  });

  it('show nothing that is not compiled here', () => {
    const texts = examples.map(publicText);
    for (const code of documents.flat()) expect(texts).toContain(code);
  });
});
