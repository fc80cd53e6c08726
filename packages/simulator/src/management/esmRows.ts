import type { LedgerEntry } from '../ledger/ledger.js';
import type { Dimension } from './esmDimensions.js';

/** All values are text, as Adobe's are, numbers too. */
export type EsmRow = Readonly<Record<string, string>>;

export interface RowFilter {
  readonly dimension: Dimension;
  readonly isNot: boolean;
  readonly value: string;
}

export const metricNames = ['authn-attempts', 'authz-attempts', 'authz-successful', 'count'] as const;

type Metric = (typeof metricNames)[number];

/** Rows of what the ledger has seen, grouped by `projection`, which is their order of columns too. */
export function esmRows(
  entries: readonly LedgerEntry[],
  projection: readonly Dimension[],
  filters: readonly RowFilter[],
  metrics: readonly string[],
): readonly EsmRow[] {
  const groups = new Map<string, { readonly dims: EsmRow; readonly entries: LedgerEntry[] }>();
  for (const entry of entries) {
    if (!isCounted(entry) || !passes(entry, filters)) continue;
    const dims = Object.fromEntries(projection.map((dimension) => [dimension, valueOf(entry, dimension)]));
    const key = JSON.stringify(dims);
    const group = groups.get(key) ?? { dims, entries: [] };
    group.entries.push(entry);
    groups.set(key, group);
  }
  const asked = metricNames.filter((metric) => metrics.includes(metric));
  return [...groups.values()].map(({ dims, entries: counted }) => ({
    ...dims,
    ...Object.fromEntries(asked.map((metric) => [metric, String(counted.filter(isOf[metric]).length)])),
  }));
}

const isOf: Readonly<Record<Metric, (entry: LedgerEntry) => boolean>> = {
  'authn-attempts': ({ endpoint }) => endpoint === 'createSession',
  'authz-attempts': ({ endpoint }) => endpoint === 'authorize',
  'authz-successful': ({ endpoint, status }) => endpoint === 'authorize' && status === 200,
  count: () => true,
};

function isCounted({ endpoint }: LedgerEntry): boolean {
  return endpoint === 'createSession' || endpoint === 'authorize';
}

/** Values of one dimension are alternatives; dimensions have to agree. */
function passes(entry: LedgerEntry, filters: readonly RowFilter[]): boolean {
  return filters.every(({ dimension, isNot }) => {
    const same = filters.filter((other) => other.dimension === dimension && other.isNot === isNot);
    return same.some(({ value }) => value === valueOf(entry, dimension)) !== isNot;
  });
}

function valueOf({ at, path, serviceProvider = '' }: LedgerEntry, dimension: Dimension): string {
  const date = new Date(at);
  switch (dimension) {
    case 'media-company':
      return 'Simulated';
    case 'year':
      return String(date.getUTCFullYear());
    case 'month':
      return String(date.getUTCMonth() + 1);
    case 'day':
      return String(date.getUTCDate());
    case 'hour':
      return String(date.getUTCHours());
    case 'requestor-id':
      return serviceProvider;
    case 'mvpd':
      return /\/authorize\/([\w-]+)/.exec(path)?.[1] ?? 'N/A';
    case 'api':
      return 'REST V2';
  }
}
