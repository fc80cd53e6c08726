import { defaultLimits, defaultTiming } from '../../src/timing.js';
import { readText } from './documents.js';

/** The table of docs/operations.md, made of `timing.ts`: each value with the reason that stands beside it there. */
export function timingTable(): string {
  const reasons = reasonsIn(readText('packages/core/src/timing.ts'));
  const groups = { ...defaultTiming, limits: defaultLimits };
  const rows = Object.entries(groups).flatMap(([group, values]) =>
    Object.entries(values).map(([name, value]) => {
      const reason = reasons.get(`${group}.${name}`);
      if (reason === undefined) throw new Error(`timing.ts has no reason beside ${group}.${name}`);
      return `| \`${group}.${name}\` | ${shown(name, value)} | ${reason} |\n`;
    }),
  );
  return ['\n| name | default | why |\n', '| --- | --: | --- |\n', ...rows, '\n'].join('');
}

/** The text of the comment above each value, by `group.name`. */
function reasonsIn(source: string): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>();
  let group = '';
  let reason: string | undefined;
  for (const line of source.split('\n')) {
    group = /^(?: {2}|const )(\w+)(?::| =) \{$/.exec(line)?.[1] ?? group;
    const name = /^ {2,4}(\w+): /.exec(line)?.[1];
    if (name !== undefined && reason !== undefined) reasons.set(`${group}.${name}`, reason);
    reason = /^ {2,4}\/\*\* (.+) \*\/$/.exec(line)?.[1];
  }
  return reasons;
}

function shown(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => shown(name, each)).join(', ');
  if (typeof value === 'number') return name.endsWith('Ms') ? duration(value) : grouped(value);
  return Object.entries(value as Readonly<Record<string, number>>)
    .map(([member, each]) => `${member} ${grouped(each)}`)
    .join(', ');
}

function duration(ms: number): string {
  if (ms > 0 && ms % 86_400_000 === 0) return `${ms / 86_400_000} d`;
  if (ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`;
}

const grouped = (number: number): string => number.toLocaleString('en').replaceAll(',', ' ');
