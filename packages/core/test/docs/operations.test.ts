import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { warningTable } from '../../src/diagnostics.js';
import { readText, root } from './documents.js';

interface Entry {
  readonly name: string;
  /** The line below the heading: levels, if it is a finding, and when to page somebody. */
  readonly traits: string;
  /** What each line of its list begins with. */
  readonly answers: readonly string[];
}

function entriesOf(part: string): readonly Entry[] {
  return part
    .split(/^### /m)
    .slice(1)
    .map((text) => {
      const [name = '', traits = ''] = text.split('\n').filter((line) => line !== '');
      return { name, traits, answers: Array.from(text.matchAll(/^- ([^:]+):/gm), ([, label = '']) => label) };
    });
}

const levelNames: ReadonlySet<string> = new Set(['info', 'warning', 'error']);

const [, findings = '', events = ''] = readText('docs/operations.md').split(/^## (?:Findings|Events)$/m);

const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readText(`${folder}/${name}`));

/** Of each code that the sources give a finding, the levels where these stand beside it. */
function findingCodes(): ReadonlyMap<string, ReadonlySet<string>> {
  const codes = new Map<string, Set<string>>();
  const add = (code: string, level?: string): void => {
    // A warning names its own code in the same way, but without a level.
    if (code in warningTable && level === undefined) return;
    const levels = codes.get(code) ?? new Set();
    codes.set(code, level === undefined ? levels : levels.add(level));
  };
  const core = [
    ...sourcesIn('packages/core/src/readiness'),
    readText('packages/core/src/cache/RecordStore.ts'),
  ];
  const caches = [...sourcesIn('packages/file-cache/src'), ...sourcesIn('packages/redis-cache/src')];
  for (const source of core) for (const [, code = ''] of source.matchAll(/code: '([a-z_]+)'/g)) add(code);
  for (const source of caches)
    for (const [, code = ''] of source.matchAll(/code: '((?:file_cache|redis)_\w+)'/g)) add(code);
  for (const source of [...core, ...caches])
    for (const [, level = '', code = ''] of source.matchAll(/level: '(\w+)',\s*code: '(\w+)'/g))
      add(code, level);
  // What stands against using the cache is an error, and a finding under the same code.
  for (const source of [...core, readText('packages/core/src/cache/keySpace.ts')])
    for (const [, code = ''] of source.matchAll(/new PassError\(\s*'(\w+)'/g)) add(code, 'error');
  return codes;
}

function eventTypes(): readonly string[] {
  const [union = ''] =
    /export type PassEvent =[\s\S]*?\n\n/.exec(readText('packages/core/src/diagnostics.ts')) ?? [];
  return Array.from(union.matchAll(/readonly type: '(\w+)'/g), ([, type = '']) => type);
}

const names = (entries: readonly Entry[]): readonly string[] => entries.map(({ name }) => name).toSorted();

describe('the runbook in docs/operations.md', () => {
  it('has an entry for every code of a finding, and no other', () => {
    const codes = findingCodes();
    expect([...codes.keys()]).toEqual(
      expect.arrayContaining(['starting', 'redis_evicts_credentials', 'file_cache_on_network']),
    );
    expect(names(entriesOf(findings))).toEqual([...codes.keys()].toSorted());
  });

  it('gives each finding the levels that it has in the sources', () => {
    const codes = findingCodes();
    const untold = entriesOf(findings).flatMap(({ name, traits }) => {
      const levels = (traits.split(' · ')[0] ?? '').split(', ');
      const wanted = [...(codes.get(name) ?? [])];
      const isRight =
        levels.every((level) => levelNames.has(level)) && wanted.every((level) => levels.includes(level));
      return isRight ? [] : [{ name, levels, wanted }];
    });
    expect(untold).toEqual([]);
  });

  it('has an entry for every type of an event, in their order, and no other', () => {
    expect(eventTypes()).toContain('cacheLostData');
    expect(entriesOf(events).map(({ name }) => name)).toEqual(eventTypes());
  });

  it('says in every entry what it means for viewers, what to look at, what to do, and when to page', () => {
    const lacking = [...entriesOf(findings), ...entriesOf(events)].filter(
      ({ traits, answers }) =>
        !/(?:^| · )page: \S/.test(traits) || answers.join(', ') !== 'Viewers, Look at, Do',
    );
    expect(lacking).toEqual([]);
  });
});
