import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { warningTable } from '../../src/diagnostics.js';
import { errorTable } from '../../src/errors.js';
import { readText, root } from './documents.js';

interface Entry {
  readonly code: string;
  readonly title: string;
  /** The line below the title. */
  readonly traits: string;
}

function entriesOf(markdown: string): readonly Entry[] {
  return Array.from(
    markdown.matchAll(/^### (.+)\n\n(.+)\n\n(.*)$/gm),
    ([, code = '', title = '', traits = '']) => ({
      code,
      title,
      traits,
    }),
  );
}

const [errors = '', warnings = '', findings = ''] =
  readText('docs/errors.md').split(/^## (?:Warnings|Findings)$/m);

const actors = { operator: 'you', adobe: 'Adobe', nobody: 'nobody', viewer: 'the viewer' } as const;

describe('docs/errors.md', () => {
  it('has an entry for every code of an error, and no other', () => {
    expect(entriesOf(errors).map(({ code }) => code)).toEqual(Object.keys(errorTable));
  });

  it.each(Object.entries(errorTable))(
    'says of %s what the table says',
    (code, { status, retryable, title, mustAct }) => {
      const entry = entriesOf(errors).find((one) => one.code === code);
      expect(entry?.title).toBe(title);
      expect(entry?.traits.split(' · ').slice(0, 2)).toEqual([
        `\`${status}\``,
        retryable ? 'retryable' : 'not retryable',
      ]);
      const [, actor] =
        / · to act: (you|Adobe|nobody|the viewer|see `mustAct`)/.exec(entry?.traits ?? '') ?? [];
      if (actor !== 'see `mustAct`') expect(actor).toBe(actors[mustAct]);
    },
  );

  it('says of every error who is to act and whether the viewer stays signed in', () => {
    for (const { traits } of entriesOf(errors)) expect(traits).toMatch(/ · to act: .+ · viewer: .+$/);
  });

  it('has an entry for every code of a warning, and no other', () => {
    expect(entriesOf(warnings).map(({ code, title }) => [code, title])).toEqual(Object.entries(warningTable));
  });

  it('lists every finding, and no other', () => {
    const codesIn = (folder: string, code: RegExp): readonly (string | undefined)[] =>
      readdirSync(join(root, folder)).flatMap((name) =>
        Array.from(readText(`${folder}/${name}`).matchAll(code), ([, found]) => found),
      );
    const own = codesIn('packages/core/src/readiness', /code: '(\w+)'/g).filter(
      (code = '') => !(code in errorTable) && !(code in warningTable),
    );
    const listed = Array.from(findings.matchAll(/^\| `(\w+)`/gm), ([, code]) => code);
    expect(new Set(listed)).toEqual(
      new Set([...own, ...codesIn('packages/file-cache/src', /code: '(file_cache_\w+)'/g)]),
    );
  });
});
