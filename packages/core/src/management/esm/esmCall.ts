import { checkParameters, parameterInvalid } from '../../api/answers/parameters.js';
import type { ProtectedCall } from '../../api/callProtected.js';
import { isPassError } from '../../errors.js';
import { parseManagementResponse } from '../../http/parseManagementResponse.js';
import { protectedPath } from '../../http/upstreamPath.js';
import type { EsmFilter, EsmParameters, EsmTextFormat } from './types.js';

export const esmRoot = '/esm/v3';

const formats = ['json', 'csv', 'xml', 'html'];

/** Names in a query that are no dimensions. */
const reserved: ReadonlySet<string> = new Set(['start', 'end', 'limit', 'metrics', 'format', 'access_token']);

/** @throws PassError `parameter_invalid` */
export function esmCall(
  parameters: EsmParameters & { readonly format?: 'json' | EsmTextFormat | undefined },
): ProtectedCall & { readonly format: 'json' | EsmTextFormat } {
  checkParameters('esm.report', parameters);
  const { path = '', start, end, filters = {}, metrics, limit, format = 'json' } = parameters;
  if (!formats.includes(format)) throw parameterInvalid('format', `must be one of ${formats.join(', ')}`);
  const query = [
    ...optional('start', instant(start, 'start')),
    ...optional('end', instant(end, 'end')),
    ...optional('limit', rows(limit)),
    ...optional('metrics', names(metrics)),
    ...filtersOf(filters),
    ...optional('format', format),
  ].join('&');
  return {
    endpoint: 'esm',
    method: 'GET',
    path: `${reportPath(path)}?${query}`,
    // Reports are long, and repeat themselves.
    headers: { 'accept-encoding': 'gzip', accept: accepted[format] },
    read: parseManagementResponse,
    format,
  };
}

const accepted: Readonly<Record<'json' | EsmTextFormat, string>> = {
  json: 'application/json;charset=utf-8',
  csv: 'text/csv',
  xml: 'application/xml',
  html: 'text/html',
};

/** `media-company/year`, or a link's `/esm/v3/media-company/year`. */
function reportPath(path: unknown): string {
  if (typeof path !== 'string') throw parameterInvalid('path', 'must be a string');
  const inner =
    path === esmRoot ? '' : path.startsWith(`${esmRoot}/`) ? path.slice(esmRoot.length + 1) : path;
  const dimensions = inner === '' ? [] : inner.split('/');
  if (dimensions.length === 0) return esmRoot;
  if (dimensions.some((dimension) => !isName(dimension)))
    throw parameterInvalid(
      'path',
      'must be names of dimensions with slashes between, such as media-company/year',
    );
  try {
    return protectedPath([esmRoot, ...dimensions].join('/'), undefined, [`${esmRoot}/`]);
  } catch (error) {
    throw isPassError(error) ? parameterInvalid('path', 'cannot be sent') : error;
  }
}

function isName(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z][\w-]{0,63}$/.test(text);
}

/** The beginning of an ISO 8601 date: what Adobe Pass takes. */
function instant(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  const iso = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?$/;
  if (typeof value === 'string' && iso.test(value)) return value;
  throw parameterInvalid(name, 'must be an ISO 8601 date or the beginning of one, such as 2026-03-01');
}

function rows(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return String(value);
  throw parameterInvalid('limit', 'must be a positive integer');
}

function names(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.length > 0 && value.every(isName)) return value.join(',');
  throw parameterInvalid('metrics', 'must be a list of names');
}

function optional(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];
}

/** `d=v`, repeated for one of several; `d!=v`, repeated for none of several; `d`: shown, not filtered. */
function filtersOf(filters: unknown): readonly string[] {
  if (typeof filters !== 'object' || filters === null || Array.isArray(filters))
    throw parameterInvalid('filters', 'must be an object of dimensions');
  return Object.entries(filters as Record<string, EsmFilter>).flatMap(([dimension, filter]) => {
    if (!isName(dimension) || reserved.has(dimension))
      throw parameterInvalid('filters', 'must have names of dimensions');
    if (filter === true) return [dimension];
    const isNot = typeof filter === 'object' && filter !== null && 'not' in filter;
    const values = [isNot ? filter.not : filter].flat() as readonly unknown[];
    if (values.length === 0 || values.some((value) => typeof value !== 'string' || value === ''))
      throw parameterInvalid(
        `filters: ${dimension}`,
        'must be text, a list of texts, { not } of these, or true',
      );
    return values.map((value) => `${dimension}${isNot ? '!' : ''}=${encodeURIComponent(String(value))}`);
  });
}
