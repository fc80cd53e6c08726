import type { CallOptions } from '../../api/CallOptions.js';

/**
 * What a dimension must be. Text: that value; a list: one of them; `{ not }`: none of them; `true`: anything, but the report
 * tells it apart. Those of time are not filtered, but by `start` and `end`.
 */
export type EsmFilter = string | readonly string[] | { readonly not: string | readonly string[] } | true;

export type EsmTextFormat = 'csv' | 'xml' | 'html';

export interface EsmParameters {
  /** Dimensions, one beneath the other, such as `media-company/year/month`, or the `path` of a link. Default: the root. */
  readonly path?: string | undefined;
  /** From then on: ISO 8601 or the beginning of it, such as `2026` or `2026-03-01`. Adobe Pass counts in Pacific time. */
  readonly start?: string | undefined;
  /** Until then. Default: now. */
  readonly end?: string | undefined;
  /** By dimension. */
  readonly filters?: Readonly<Record<string, EsmFilter>> | undefined;
  /** Default: all of them. */
  readonly metrics?: readonly string[] | undefined;
  /** Rows at most. There are no pages: ask for less time instead. */
  readonly limit?: number | undefined;
}

/** Dimensions and metrics by their names. Adobe Pass sends numbers as text, too. */
export type EsmRow = Readonly<Record<string, string>>;

/** Where another report is. */
export interface EsmLink {
  /** The dimension that it adds or takes away, if Adobe Pass says it. */
  readonly name?: string;
  /** For `path` of another call. */
  readonly path: string;
}

export interface EsmReport {
  readonly rows: readonly EsmRow[];
  /** Reports with a dimension more. */
  readonly drillDown: readonly EsmLink[];
  /** Reports with a dimension less. */
  readonly rollUp: readonly EsmLink[];
  /** Epoch milliseconds: how fresh the data is. Absent: it was computed for this call. */
  readonly dataUntil?: number;
}

/** A report as Adobe Pass wrote it: for a file. */
export interface EsmText {
  readonly format: EsmTextFormat;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly dataUntil?: number;
}

/**
 * `server.esm`: what Entitlement Service Monitoring has counted.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/features-premium/esm/entitlement-service-monitoring-api
 */
export interface EsmResource {
  /**
   * One report. Its links say which others there are: `report({ ...parameters, path: link.path })`.
   * @throws PassError `parameter_invalid`; `upstream_refused` with `adobe.status` 404: there is no such path, 400: Adobe's
   * reason is the `viewerMessage`, such as too much data; `application_not_accepted`; and what every call may
   */
  report(
    parameters?: EsmParameters & { readonly format?: 'json' | undefined },
    options?: CallOptions,
  ): Promise<EsmReport>;
  /** The same as a text. */
  report(
    parameters: EsmParameters & { readonly format: EsmTextFormat },
    options?: CallOptions,
  ): Promise<EsmText>;
}
