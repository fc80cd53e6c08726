/** Something that must hold. A wrong count is a defect; a ratio depends on the machine as well. */
export interface Check {
  readonly kind: 'count' | 'ratio';
  readonly target: string;
  readonly found: string;
  readonly passed: boolean;
}

/** What one group of measurements found; made in a process of its own, so plain data. */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly checks: readonly Check[];
  readonly notes?: readonly string[];
}

export function printSection({ title, columns, rows, checks, notes = [] }: Section): void {
  console.log(`\n## ${title}\n`);
  console.log(table(columns, rows));
  for (const note of notes) console.log(`\n${note}`);
  if (checks.length === 0) return;
  console.log('');
  printChecks(checks);
}

export function printChecks(checks: readonly Check[]): void {
  for (const { target, found, passed } of checks) {
    console.log(`${passed ? 'pass' : 'FAIL'}  ${target}: ${found}`);
  }
}

/** A Markdown table whose first column is text and whose others are numbers, aligned so that a terminal shows it well. */
function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, index) => pad(cells[index] ?? '', width, index)).join(' | ')} |`;
  const rule = widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(columns), line(rule), ...rows.map(line)].join('\n');
}

function pad(cell: string, width: number, index: number): string {
  return index === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** `1 234`, or with decimals where the number is small. */
export function number(value: number): string {
  if (value < 10) return value.toFixed(2);
  if (value < 100) return value.toFixed(1);
  return Math.round(value)
    .toString()
    .replaceAll(/\B(?=(?:\d{3})+$)/g, ' ');
}

export function ratio(value: number): string {
  return `${number(value)} ×`;
}

/** Passes where `value` is at most `most`. */
export function atMost(target: string, value: number, most: number, found: string): Check {
  return { kind: 'ratio', target, found, passed: value <= most };
}

/** Passes where `value` is at least `least`. */
export function atLeast(target: string, value: number, least: number, found: string): Check {
  return { kind: 'ratio', target, found, passed: value >= least };
}

/** A count that must not be 0: that of a control, without which a count of 0 says nothing. */
export function some(target: string, value: number): Check {
  return { kind: 'count', target: `${target} > 0`, found: String(value), passed: value > 0 };
}

export function exactly(target: string, value: number, wanted: number): Check {
  return { kind: 'count', target: `${target} = ${wanted}`, found: String(value), passed: value === wanted };
}
