import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { leftOutLines } from '../leftOutLines.mjs';

const fixtures = fileURLToPath(new URL('fixtures/leftOut', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

test('a run names the tests that it left out because something was missing, and those only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-left-out-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'leftOut.json');
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !key.startsWith('VITEST')),
  );
  spawnSync(process.execPath, [vitest, 'run'], {
    cwd: fixtures,
    env: { ...environment, LEFT_OUT_FILE: file },
  });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([
    { file: 'mixed.fixture.ts', tests: 2, reason: 'needs a server' },
  ]);
});

test('the last lines say why, and name each file once', () => {
  const tests = [
    { file: 'a.test.ts', tests: 2, reason: 'needs a server' },
    { file: 'b.test.ts', tests: 1, reason: 'needs a server' },
    { file: 'a.test.ts', tests: 3, reason: 'needs a server' },
  ];
  expect(leftOutLines({ tests, steps: ['demo'], reason: 'there is no server. Install one.' })).toEqual([
    'Left out, as there is no server. Install one.',
    '  a.test.ts (5 tests)',
    '  b.test.ts (1 test)',
    '  demo',
  ]);
});

test('nothing is said where nothing was left out', () => {
  expect(leftOutLines({ tests: [], steps: [], reason: 'there is no server.' })).toEqual([]);
});
