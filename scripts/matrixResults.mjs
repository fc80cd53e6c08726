// What a run of the conformance tests says of each framework, as functions over plain data, so that a test can show them.

/** @typedef {{ name: string, package: string, title: RegExp }} Row `title`: of the group that its tests are in */
/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/**
 * What is read of vitest's JSON report.
 * @typedef {{ ancestorTitles: string[], title: string, status: string, failureMessages?: string[] | null }} Assertion
 * @typedef {{ name: string, status: string, message?: string, assertionResults: Assertion[] }} TestFile
 * @typedef {{ success: boolean, testResults: TestFile[] }} Report
 */

/**
 * @param {Report} report @param {readonly Row[]} rows every framework there is
 * @param {readonly Row[]} expected those that had to run
 * @returns {{ counts: Map<Row, Counts>, problems: string[] }}
 */
export function countByRow(report, rows, expected) {
  /** @type {string[]} */
  const problems = [];
  const counts = new Map(expected.map((row) => [row, { passed: 0, failed: 0, skipped: 0 }]));
  for (const { name, status, message, assertionResults } of report.testResults) {
    for (const assertion of assertionResults) {
      const group = assertion.ancestorTitles[0] ?? '';
      const row = rows.find((each) => isOfPackage(name, each.package) && each.title.test(group));
      if (row === undefined) problems.push(`"${group}" in ${name} is in no row of the matrix`);
      const count = row && counts.get(row);
      if (count === undefined) continue;
      if (assertion.status === 'passed') count.passed += 1;
      else if (assertion.status !== 'failed') count.skipped += 1;
      else {
        count.failed += 1;
        problems.push(`${row?.name}: ${assertion.title}\n${assertion.failureMessages?.join('\n') ?? ''}`);
      }
    }
    // A file that does not load has no tests to fail, nor has a hook.
    if (status === 'failed' && !assertionResults.some((each) => each.status === 'failed'))
      problems.push(`${name} failed:\n${message ?? ''}`);
  }
  for (const [{ name }, { passed, failed }] of counts)
    if (passed + failed === 0) problems.push(`${name}: nothing ran`);
  if (!report.success && problems.length === 0) problems.push('the run failed, and no test says why');
  return { counts, problems: [...new Set(problems)] };
}

/** @param {string} file @param {string} folder */
const isOfPackage = (file, folder) => file.replaceAll('\\', '/').includes(`/packages/${folder}/`);

/** @param {Counts | undefined} counts */
export function cellOf(counts) {
  if (counts === undefined) return '-';
  const { passed, failed, skipped } = counts;
  return `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** @param {readonly (readonly string[])[]} lines the first has the heads of the columns */
export function tableOf(lines) {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
