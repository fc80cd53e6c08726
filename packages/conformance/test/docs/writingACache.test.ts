import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const here = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const page = here('../../../../docs/writing-a-cache.md');
const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code);

describe('docs/writing-a-cache.md', () => {
  it('shows the worked example as it is compiled and tested here, and the test as it runs here', () => {
    expect(blocks).toContain(here('tableCache.ts'));
    expect(blocks).toContain(here('tableCache.test.ts'));
  });

  it('shows the rules of PassCache as its docstring has them', () => {
    const rules = [...here('../../../core/src/cache/PassCache.ts').matchAll(/^ \* (\|.*\|)$/gm)].map(
      ([, row]) => row,
    );
    expect(rules.length).toBeGreaterThan(8);
    for (const row of rules) expect(page).toContain(row);
  });
});
