import { describe, expect, test } from 'vitest';
import {
  cellOf,
  countByRow,
  tableOf,
  type Assertion,
  type Report,
  type TestFile,
} from '../matrixResults.mjs';

const five = { name: 'Express 5', package: 'express', title: /^Express 5\b/ };
const four = { name: 'Express 4', package: 'express', title: /^Express 4\b/ };
const rows = [five, four];

const assertion = (group: string, status: string): Assertion => ({
  ancestorTitles: [group],
  title: 'a device',
  status,
  failureMessages: status === 'failed' ? ['Error: no'] : [],
});

const file = (assertionResults: Assertion[], change: Partial<TestFile> = {}): TestFile => ({
  name: '/clone/packages/express/test/conformance.test.ts',
  status: assertionResults.some(({ status }) => status === 'failed') ? 'failed' : 'passed',
  message: '',
  assertionResults,
  ...change,
});

const report = (...testResults: TestFile[]): Report => ({
  success: testResults.every(({ status }) => status === 'passed'),
  testResults,
});

test('each framework version has its own counts, and what is filtered out is in none', () => {
  const run = report(
    file([
      assertion('Express 5', 'passed'),
      assertion('Express 5', 'skipped'),
      assertion('Express 4', 'skipped'),
    ]),
  );
  const { counts, problems } = countByRow(run, rows, [five]);
  expect([...counts]).toEqual([[five, { passed: 1, failed: 0, skipped: 1 }]]);
  expect(problems).toEqual([]);
});

describe('a run is refused', () => {
  const passing = assertion('Express 5', 'passed');
  test.each([
    [
      'where a test fails',
      report(file([passing, assertion('Express 5', 'failed')])),
      ['Express 5: a device\nError: no'],
    ],
    ['where nothing ran', report(), ['Express 5: nothing ran']],
    ['where all was skipped', report(file([assertion('Express 5', 'skipped')])), ['Express 5: nothing ran']],
    [
      'where a file does not load',
      report(file([passing]), file([], { status: 'failed', message: 'SyntaxError' })),
      ['/clone/packages/express/test/conformance.test.ts failed:\nSyntaxError'],
    ],
    [
      'where a framework is in no row',
      report(file([passing, assertion('Express 6', 'passed')])),
      ['"Express 6" in /clone/packages/express/test/conformance.test.ts is in no row of the matrix'],
    ],
    [
      'where something fails outside of every test',
      { ...report(file([passing])), success: false },
      ['the run failed, and no test says why'],
    ],
  ])('%s', (_why, run, problems) => {
    expect(countByRow(run, rows, [five]).problems).toEqual(problems);
  });
});

test('the table says what was passed, failed, skipped, and not run', () => {
  expect(
    tableOf([
      ['', 'Node 20', 'Node 22'],
      ['Express 5', cellOf({ passed: 1, failed: 2, skipped: 3 }), cellOf(undefined)],
    ]).split('\n'),
  ).toEqual([
    '            Node 20                         Node 22',
    'Express 5   1 passed, 2 failed, 3 skipped   -',
  ]);
});
