import { textIn } from '../../api/answers/fields.js';
import { responseInvalid } from '../../api/responseInvalid.js';
import { isJsonObject } from '../../http/parseJson.js';
import type { ParsedResponse } from '../../http/parseProtectedResponse.js';
import { esmRoot } from './esmCall.js';
import type { EsmLink, EsmReport, EsmRow, EsmText, EsmTextFormat } from './types.js';

const name = 'esm.report';

/** @throws PassError `upstream_response_invalid` */
export function readEsmReport(answer: ParsedResponse, managementUrl: URL): EsmReport {
  const { status, body } = answer;
  if (!isJsonObject(body)) throw responseInvalid(name, status, 'is no JSON object');
  const { report, _links: links } = body;
  if (!Array.isArray(report)) throw responseInvalid(name, status, 'has no report');
  const of = isJsonObject(links) ? links : {};
  return {
    rows: report.filter(isJsonObject).map(rowOf),
    drillDown: linksIn(of['drill-down'], managementUrl),
    rollUp: linksIn(of['roll-up'], managementUrl),
    ...dataUntil(answer),
  };
}

/** @throws PassError `upstream_response_invalid` */
export function readEsmText(answer: ParsedResponse, format: EsmTextFormat): EsmText {
  const { status, body = '' } = answer;
  if (typeof body !== 'string') throw responseInvalid(name, status, `is JSON, not ${format}`);
  return { format, text: body, ...dataUntil(answer) };
}

function rowOf(row: Readonly<Record<string, unknown>>): EsmRow {
  return Object.fromEntries(
    Object.entries(row)
      .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
      .map(([dimension, value]) => [dimension, String(value)]),
  );
}

/** One link is an object, several are a list. What leads elsewhere is left out. */
function linksIn(value: unknown, managementUrl: URL): readonly EsmLink[] {
  return [value].flat().flatMap((link): EsmLink[] => {
    if (!isJsonObject(link)) return [];
    const path = pathIn(link['href'], managementUrl);
    if (path === undefined) return [];
    const dimension = textIn(link['name']);
    return [{ ...(dimension === undefined ? {} : { name: dimension }), path }];
  });
}

function pathIn(href: unknown, managementUrl: URL): string | undefined {
  if (typeof href !== 'string' || !URL.canParse(href, managementUrl.href)) return undefined;
  const { origin, pathname } = new URL(href, managementUrl);
  const isReport = pathname === esmRoot || pathname.startsWith(`${esmRoot}/`);
  return origin === managementUrl.origin && isReport ? pathname : undefined;
}

function dataUntil({ headers }: ParsedResponse): { readonly dataUntil?: number } {
  const ms = Date.parse([headers['last-modified']].flat()[0] ?? '');
  return Number.isNaN(ms) ? {} : { dataUntil: ms };
}
