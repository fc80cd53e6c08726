import type { Figures } from '../checks/judge.js';
import { table } from './table.js';

export interface Result {
  readonly name: string;
  /** `null`: it judged nothing. */
  readonly figures: Figures | null;
  readonly claims: number;
  readonly failed: number;
  readonly seconds: number;
}

const head = [
  'scenario',
  'calls',
  'registrations',
  'tokens',
  'kills',
  'orphans',
  'lost',
  'switched',
  'late',
  'seconds',
  'verdict',
];

/** `lost`: living pairs lost. `switched`: devices handed another pair while theirs lived. */
export function resultTable(results: readonly Result[]): string {
  const rows = results.map(({ name, figures, claims, failed, seconds }) => [
    name,
    ...figureCells(figures),
    seconds.toFixed(1),
    failed === 0 ? `holds (${claims})` : `FAILED (${failed} of ${claims})`,
  ]);
  return table(head, rows);
}

function figureCells(figures: Figures | null): readonly string[] {
  if (figures === null) return Array.from({ length: 8 }, () => '–');
  const { calls, registrations, tokens, kills, orphans, lost, switched, late } = figures;
  return [calls, registrations, tokens, kills, orphans, lost, switched, late].map(String);
}
