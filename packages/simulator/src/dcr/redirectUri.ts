/** `adobepass://com.programmer` or `https://www.adobe.com`: absolute, and of the application's domains if it has any. */
export function isRedirectUri(value: string, domains: readonly string[] | undefined): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || ['javascript:', 'data:', 'vbscript:'].includes(url.protocol)) return false;
  if (domains === undefined) return true;
  const host = url.hostname.toLowerCase();
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}
