import type { Handler } from '../http/endpoint.js';
import { jsonReply, textReply, type Reply } from '../http/reply.js';
import { drillDown, isDimension, readPath, timeDimensions, type Dimension } from './esmDimensions.js';
import { esmRows, metricNames, type EsmRow, type RowFilter } from './esmRows.js';
import { managementHandler, type ManagementCall } from './managementHandler.js';

const reserved = ['start', 'end', 'limit', 'metrics', 'format', 'access_token'];
const formats = ['json', 'xml', 'csv', 'html'] as const;

type Format = (typeof formats)[number];

/**
 * Entitlement Service Monitoring: what the ledger has seen, by the dimensions of the path. Beyond that it is Adobe's in
 * shape only: few dimensions and metrics.
 * https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/features-premium/esm/entitlement-service-monitoring-api
 */
export const esmReport: Handler = managementHandler({
  scope: 'analytics:client',
  handle(call, { clock, ledger }) {
    const { query, params } = call;
    const [asked = '', extension] = (params['path'] ?? '').split('.');
    const path = readPath(asked === '' ? [] : asked.split('/'));
    if (path === undefined) return textReply(404, 'there is no such report');
    const format = formatOf(call, extension);
    if (format === undefined) return textReply(406, 'the format must be json, xml, csv or html');
    const start = instant(query.get('start'), 0);
    const end = instant(query.get('end'), clock.now() + 1);
    if (start === undefined || end === undefined) return textReply(400, 'start and end must be ISO 8601');
    const filter = filterOf(query);
    if (typeof filter === 'string') return textReply(400, filter);
    const projection = [...path, ...filter.shown.filter((dimension) => !path.includes(dimension))];
    const limit = Number(query.get('limit') ?? 1_000);
    const seen = ledger.entries().filter(({ at, serviceProvider = '' }) => {
      return at >= start && at < end && call.client.application.serviceProviders.includes(serviceProvider);
    });
    const metrics = query.get('metrics')?.split(',') ?? metricNames;
    const rows = esmRows(seen, projection, filter.filters, metrics).slice(0, limit);
    const modified = { 'last-modified': new Date(clock.now()).toUTCString() };
    return written(format, rows, path, modified);
  },
});

function formatOf({ query, headers }: ManagementCall, extension: string | undefined): Format | undefined {
  const accepted = /^(?:application|text)\/(\w+)/.exec(headers.accept ?? '')?.[1];
  const name = extension ?? query.get('format') ?? accepted ?? 'json';
  return formats.find((format) => format === name);
}

/** Any prefix of ISO 8601. `undefined`: it is none. */
function instant(text: string | null, otherwise: number): number | undefined {
  if (text === null) return otherwise;
  if (!/^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d)?)?)?)?$/.test(text)) return undefined;
  const ms = Date.parse(text.includes('T') ? `${text}Z` : text);
  return Number.isNaN(ms) ? undefined : ms;
}

interface Filtering {
  readonly filters: readonly RowFilter[];
  readonly shown: readonly Dimension[];
}

/** `d=v`, `d!=v`, each repeatable, or a bare `d`. A text: why it is refused. */
function filterOf(query: URLSearchParams): Filtering | string {
  const filters: RowFilter[] = [];
  const shown: Dimension[] = [];
  for (const [key, value] of query) {
    if (reserved.includes(key)) continue;
    const isNot = key.endsWith('!');
    const name = isNot ? key.slice(0, -1) : key;
    if (!isDimension(name)) return `there is no dimension of the name ${name.slice(0, 40)}`;
    if (value === '') shown.push(name);
    else if (timeDimensions.includes(name)) return 'time is filtered by start and end';
    else filters.push({ dimension: name, isNot, value });
  }
  return { filters, shown };
}

const root = '/esm/v3';

function links(path: readonly Dimension[]): object {
  const here = [root, ...path].join('/');
  const down = drillDown(path).map((name) => ({ href: `${here}/${name}`, name }));
  // Adobe's samples have an object where there is one, and an array where there are several.
  const [only] = down;
  return {
    self: { href: here },
    ...(path.length === 0 ? {} : { 'roll-up': { href: [root, ...path.slice(0, -1)].join('/') } }),
    ...(down.length === 0 ? {} : { 'drill-down': down.length === 1 ? only : down }),
  };
}

function written(
  format: Format,
  rows: readonly EsmRow[],
  path: readonly Dimension[],
  headers: Reply['headers'],
): Reply {
  switch (format) {
    case 'json':
      return jsonReply(200, { _links: links(path), report: rows }, {}, headers);
    case 'csv': {
      const names = Object.keys(rows[0] ?? {});
      const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))];
      return {
        status: 200,
        headers: { ...headers, 'content-type': 'text/csv;charset=UTF-8' },
        body: lines.map((line) => `${line.join(',')}\n`).join(''),
      };
    }
    case 'xml': {
      const records = rows.map(
        (row) =>
          `<record ${Object.entries(row)
            .map(([name, value]) => `${name}="${value}"`)
            .join(' ')}/>`,
      );
      return {
        status: 200,
        headers: { ...headers, 'content-type': 'application/xml;charset=UTF-8' },
        body: `<resource href="${[root, ...path].join('/')}"><report>${records.join('')}</report></resource>`,
      };
    }
    case 'html':
      return {
        status: 200,
        headers: { ...headers, 'content-type': 'text/html;charset=UTF-8' },
        body: `<table>${rows.map((row) => `<tr><td>${Object.values(row).join('</td><td>')}</td></tr>`).join('')}</table>`,
      };
  }
}
