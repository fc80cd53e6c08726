const longestUrl = 8_192;

/** Where Adobe Pass lives, in every environment. */
const adobeDomains = ['.auth.adobe.com', '.auth-staging.adobe.com'];

/**
 * A `url` of an answer, made absolute, if a device may be sent there: `https:` on a host of Adobe Pass, or the very origin
 * that the call went to, which is the simulator's on a laptop. Else `undefined`.
 */
export function adobeUrl(value: unknown, baseUrl: URL): string | undefined {
  const url = parsed(value, baseUrl);
  return url !== undefined && (url.origin === baseUrl.origin || isAdobe(url)) ? url.href : undefined;
}

/** As `adobeUrl`, but on any host: for where Adobe Pass hands over to a provider, whose hosts nobody lists. */
export function providerUrl(value: unknown, baseUrl: URL): string | undefined {
  const url = parsed(value, baseUrl);
  return url !== undefined && (url.origin === baseUrl.origin || url.protocol === 'https:')
    ? url.href
    : undefined;
}

function parsed(value: unknown, baseUrl: URL): URL | undefined {
  if (typeof value !== 'string' || value.length > longestUrl || !/^[\x21-\x7E]+$/.test(value))
    return undefined;
  if (!URL.canParse(value, baseUrl.href)) return undefined;
  const url = new URL(value, baseUrl);
  return url.username === '' && url.password === '' ? url : undefined;
}

function isAdobe({ protocol, hostname, port }: URL): boolean {
  return protocol === 'https:' && port === '' && adobeDomains.some((domain) => hostname.endsWith(domain));
}
