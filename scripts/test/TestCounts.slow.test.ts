import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { summaryLine } from '../TestCounts.ts';

const fixtures = fileURLToPath(new URL('fixtures/counts', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-counts-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A run of its own: what is tested is what a failing run leaves behind. */
async function runFixture(name: string): Promise<{
  readonly counts: unknown;
  readonly status: number;
  readonly lines: readonly string[];
}> {
  const file = join(folder, `${name || 'all'}.json`);
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !key.startsWith('VITEST')),
  );
  const args = [vitest, 'run', '--root', fixtures, ...(name ? [name] : [])];
  const env = { ...environment, TEST_COUNTS_FILE: file, NO_COLOR: '1' };
  const { status, stdout } = await new Promise<{ status: number; stdout: string }>((resolve) => {
    execFile(process.execPath, args, { env }, (error, output) =>
      resolve({ status: Number(error?.code ?? 0), stdout: output }),
    );
  });
  const counts: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return { counts, status, lines: stdout.split('\n') };
}

describe('counting a test run', () => {
  // All together they are told apart by their sum; each alone costs a start of Vitest.
  const alone = [
    { fixture: 'passing', counts: { passed: 2, failed: 0, skipped: 0 }, status: 0 },
    { fixture: 'failing.', counts: { passed: 1, failed: 1, skipped: 0 }, status: 1 },
    { fixture: 'skipped', counts: { passed: 1, failed: 0, skipped: 1 }, status: 0 },
    { fixture: 'failingImport', counts: { passed: 0, failed: 1, skipped: 0 }, status: 1 },
    { fixture: 'unhandledRejection', counts: { passed: 1, failed: 1, skipped: 0 }, status: 1 },
    { fixture: 'failingHook', counts: { passed: 0, failed: 1, skipped: 1 }, status: 1 },
  ];
  test.concurrent.for(inject('everything') ? alone : alone.slice(0, 1))(
    '$fixture',
    async ({ fixture, counts, status }) => {
      expect(await runFixture(fixture)).toMatchObject({ counts, status });
    },
  );

  test.concurrent('all of them together are summed, on a line of their own', async () => {
    const { lines, status } = await runFixture('');
    expect(lines).toContain('5 passed, 4 failed, 2 skipped');
    expect(status).toBe(1);
  });

  test('a run without skips does not mention them', () => {
    expect(summaryLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  });
});
