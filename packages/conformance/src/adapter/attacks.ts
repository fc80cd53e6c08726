import type { LedgerEntry } from '@pass-dcr/simulator';

/** Whose profiles, and whose address, each attack is after. */
export const victim = { identifier: 'victim', address: '198.51.100.9' } as const;

/** A request that its device has made up, but for who it is, which the server has verified. */
export interface Attack {
  readonly name: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** What the device writes before the proxy appends its address. */
  readonly forwardedFor?: string | readonly string[];
  readonly deviceInfo?: string | readonly string[];
}

/** The headers of an attack as they reach a server: behind a proxy, it has appended `address`. */
export function headersOf(
  { headers, forwardedFor, deviceInfo }: Attack,
  address: string | undefined,
): Readonly<Record<string, string | readonly string[]>> {
  const lines = [forwardedFor ?? []].flat();
  const last = lines.at(-1);
  // To the last line, or as one of its own.
  const appended =
    address === undefined
      ? lines
      : [...lines.slice(0, -1), last === undefined ? address : `${last}, ${address}`];
  return {
    ...headers,
    ...(appended.length === 0 ? {} : { 'x-forwarded-for': appended }),
    ...(deviceInfo === undefined ? {} : { 'x-device-info': deviceInfo }),
  };
}

/** Whether calls show the intruder at its own address, or at none, and nothing of the victim. */
export function areHarmless(
  calls: readonly LedgerEntry[],
  intruder: string,
  address: string | undefined,
): boolean {
  return (
    calls.every(({ device = intruder }) => device === intruder) &&
    calls.every((call) => call.forwardedFor === address && tellsAddress(call.deviceInfo, address)) &&
    !/victim|198\.51\.100/.test(JSON.stringify(calls))
  );
}

/** What a call says of its device is an object with the trusted address, or nothing: text would be the device's own. */
function tellsAddress(info: unknown, address: string | undefined): boolean {
  if (info === undefined) return true;
  return typeof info === 'object' && (info as { readonly connectionIp?: string }).connectionIp === address;
}

const base64 = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64');

const claim = `"connectionIp":"${victim.address}"`;
const described = base64(`{"model":"A",${claim}}`);
const named = `fingerprint ${base64(victim.identifier)}`;

const chains: readonly (readonly [name: string, forwardedFor: string | readonly string[]])[] = [
  ['an address', victim.address],
  ['an address with a port', `${victim.address}:80`],
  ['an address in brackets', `[${victim.address}]:80`],
  ['an address in quotes', `"${victim.address}"`],
  ['an open quote', `"${victim.address}`],
  ['an IPv4-mapped address', `::ffff:${victim.address}`],
  ['an element of Forwarded', `for=${victim.address}`],
  ['a list', `${victim.address}, ${victim.address}`],
  ['empty elements', `${victim.address},,, ,`],
  ['many hops', Array.from({ length: 40 }, () => victim.address).join(',')],
  ['an address and a proxy of ours', `${victim.address}, 127.0.0.1`],
  ['an address and a proxy of ours in IPv6', `${victim.address}, ::1`],
  ['an address and a proxy of ours with a port', `${victim.address}, 127.0.0.1:80`],
  ['an address and a private one', `${victim.address}, 10.0.0.1`],
  ['two lines', [victim.address, victim.address]],
  ['an address after a tab', `\t${victim.address}`],
  ['an address and junk', `${victim.address};x`],
];

/** Of CDNs and platforms that set or overwrite them, which nobody has said of this server. */
const addressHeaders = [
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'cf-pseudo-ipv4',
  'fastly-client-ip',
  'fly-client-ip',
  'x-azure-clientip',
  'x-azure-socketip',
  'x-appengine-user-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-original-forwarded-for',
  'x-vercel-forwarded-for',
  'x-nf-client-connection-ip',
  'cloudfront-viewer-address',
  'x-forwarded',
  'x-forwarded-host',
  'x-forwarded-server',
  'forwarded',
  'via',
  'host',
] as const;

const infos: readonly (readonly [name: string, deviceInfo: string | readonly string[]])[] = [
  ['a connectionIp', described],
  ['a connectionIp in another case', base64(`{"model":"A","ConnectionIP":"${victim.address}"}`)],
  ['two of them', base64(`{${claim},"model":"A",${claim}}`)],
  ['an escaped name', base64(`{"model":"A","\\u0063onnectionIp":"${victim.address}"}`)],
  ['no padding', described.replaceAll('=', '')],
  ['spaces around', `  ${described}\t`],
  ['JSON that lacks a comma', base64(`{"model":"A" ${claim}}`)],
  ['such JSON with an escaped name', base64(`{"model":"A" "connection\\u0049p":"${victim.address}"}`)],
  ['a list', base64(`[{${claim}}]`)],
  ['JSON without Base64', `{${claim}}`],
  ['percent-encoded JSON', encodeURIComponent(`{${claim}}`)],
  ['UTF-16', base64(`{${claim}}`, 'utf16le')],
  ['Base64 with a space in it', described.replace(/.{8}/, '$& ')],
  ['padding in the middle', `e30=${described}`],
  ['two lines', [base64('{}'), described]],
];

const identities: readonly Attack[] = [
  { name: "the victim's identifier", headers: { 'ap-device-identifier': named } },
  { name: "the victim's identifier twice", headers: { 'ap-device-identifier': [named, named] } },
  { name: "the victim's identifier as a token", headers: { authorization: `Bearer ${victim.identifier}` } },
  { name: "the victim's identifier in a cookie", headers: { cookie: `device=${victim.identifier}; pass=1` } },
  {
    name: "the victim's identifier in the referrer",
    headers: { referer: `https://tv.example/?device=${victim.identifier}` },
  },
  { name: "the victim's visitor", headers: { 'ap-visitor-identifier': victim.identifier } },
  { name: "the victim's free trial", headers: { 'ap-temppass-identity': base64(victim.identifier) } },
  { name: "a property's name as a header", headers: { pass: victim.identifier, 'pass-client': named } },
  { name: 'another method', headers: { 'x-http-method-override': 'OPTIONS' } },
  { name: 'another path', headers: { 'x-original-url': '/victim', 'x-rewrite-url': '/victim' } },
];

export const attacks: readonly Attack[] = [
  ...chains.map(([name, claimed]) => ({ name: `X-Forwarded-For with ${name}`, forwardedFor: claimed })),
  ...addressHeaders.map((name) => ({ name, headers: { [name]: victim.address } })),
  ...infos.map(([name, info]) => ({ name: `X-Device-Info with ${name}`, deviceInfo: info })),
  ...identities,
];
