const harmless = new Set([
  'grant_type',
  'client_id',
  'profile',
  'mvpd',
  'domainName',
  'requestor_id',
  'mvpd_id',
  'start',
  'end',
  'format',
  'programmer',
]);

/** OAuth parameters may stand in the query, so values are hidden unless known to be harmless. */
export function redactPath(pathname: string, query: URLSearchParams): string {
  const shown = [...query].map(
    ([name, value]) =>
      `${encodeURIComponent(name).slice(0, 64)}=${harmless.has(name) ? encodeURIComponent(value) : 'redacted'}`,
  );
  return (shown.length === 0 ? pathname : `${pathname}?${shown.join('&')}`).slice(0, 1024);
}
