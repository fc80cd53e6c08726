import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { summaryLine } from '../TestCounts.ts';

const fixtures = fileURLToPath(new URL('fixtures/counts', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-counts-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A run of its own: what is tested is what a failing run leaves behind. */
function runFixture(name: string): {
  readonly counts: unknown;
  readonly status: number | null;
  readonly lines: readonly string[];
} {
  const file = join(folder, `${name || 'all'}.json`);
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !key.startsWith('VITEST')),
  );
  const { status, stdout } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', fixtures, ...(name ? [name] : [])],
    {
      encoding: 'utf8',
      env: { ...environment, TEST_COUNTS_FILE: file, NO_COLOR: '1' },
    },
  );
  const counts: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return { counts, status, lines: stdout.split('\n') };
}

describe('counting a test run', () => {
  test.each([
    { fixture: 'passing', counts: { passed: 2, failed: 0, skipped: 0 }, status: 0 },
    { fixture: 'failing.', counts: { passed: 1, failed: 1, skipped: 0 }, status: 1 },
    { fixture: 'skipped', counts: { passed: 1, failed: 0, skipped: 1 }, status: 0 },
    { fixture: 'failingImport', counts: { passed: 0, failed: 1, skipped: 0 }, status: 1 },
    { fixture: 'unhandledRejection', counts: { passed: 1, failed: 1, skipped: 0 }, status: 1 },
    { fixture: 'failingHook', counts: { passed: 0, failed: 1, skipped: 1 }, status: 1 },
  ])('$fixture', ({ fixture, counts, status }) => {
    expect(runFixture(fixture)).toMatchObject({ counts, status });
  });

  test('all of them together are summed, on a line of their own', () => {
    const { lines, status } = runFixture('');
    expect(lines).toContain('5 passed, 4 failed, 2 skipped');
    expect(status).toBe(1);
  });

  test('a run without skips does not mention them', () => {
    expect(summaryLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  });
});
