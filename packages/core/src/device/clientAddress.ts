import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { hasListeners, publish } from '../diagnostics.js';

/** Why an address is not forwarded. */
type AddressClass =
  | 'absent'
  | 'unreadable'
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'shared'
  | 'link-local'
  | 'multicast'
  | 'benchmarking'
  | 'reserved';

type Ip = ipaddr.IPv4 | ipaddr.IPv6;

interface Address {
  /** As it is seen outside: what an IPv6 address embeds, if it does. */
  readonly ip: Ip;
  readonly zone: boolean;
}

/**
 * The address for `X-Forwarded-For`, by which Adobe throttles: one that others can tell apart from ours, in canonical
 * form. Global unicast, or a documentation range, so that examples and tests work; nothing else, because all devices
 * behind it would share one allowance with whoever else has such an address. What is which, `ipaddr.js` knows.
 *
 * The right address or none, and never a refusal: the viewer has not written what a proxy has made of the address. So
 * every spelling is read that can mean one address only; of all others, none is forwarded. An IPv4-mapped address is
 * given as IPv4, and so is one behind the NAT64 prefix.
 *
 * Each reason not to forward one is published once per process, as the warning `client_address_not_public`, and only
 * when somebody listens: it is a fact about the deployment, and a stream of it would hide other events.
 */
export function forwardableAddress(address: string | undefined): string | undefined {
  if (address === undefined) return notForwarded('absent');
  const parsed = parseAddress(address);
  if (parsed === undefined) return notForwarded('unreadable');
  const reason = classOf(parsed);
  return reason === undefined ? parsed.ip.toString() : notForwarded(reason);
}

/**
 * One address of any range without its port, brackets and quotes, in canonical form; `undefined` if the text is none. For
 * adapters whose framework compares entries of `X-Forwarded-For` as they are written.
 */
export function bareAddress(text: string): string | undefined {
  const parsed = parseAddress(text);
  // A zone is a reason not to trust it, so the text stays what it is.
  return parsed?.zone === false ? parsed.ip.toString() : undefined;
}

/** Whose allowance a forwardable address counts against: itself, or its /64 in IPv6, since one customer has all of it. */
export function addressGroup(address: string): string {
  const ip = parseAddress(address)?.ip;
  if (ip === undefined || ip.kind() === 'ipv4') return ip?.toString() ?? address;
  return `${ipaddr.fromByteArray([...ip.toByteArray().slice(0, 8), ...eightZeros]).toString()}/64`;
}

const eightZeros: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0];

/**
 * Reasons already published. The one state of this module: what it says about is the process, and an address is judged
 * long before there is an object that could remember it.
 */
const published: Set<AddressClass> = new Set();

function notForwarded(reason: AddressClass): undefined {
  if (published.has(reason) || !hasListeners()) return undefined;
  published.add(reason);
  const problem = reason === 'absent' ? 'No client address is known' : `The client address is ${reason}`;
  publish({
    type: 'warning',
    code: 'client_address_not_public',
    message: `${problem}: X-Forwarded-For is not sent, and Adobe Pass counts the call against the address of this server.`,
  });
  return undefined;
}

/** The longest spelling: an IPv6 address with an IPv4 tail, a zone, brackets, a port and quotes. */
const longestAddress = 100;

/**
 * One address in any spelling that has no other meaning; of a port, only that there is one is of interest. RFC 7239 puts
 * addresses in quotes, IPv6 in brackets, and may hide the port under a name.
 */
function parseAddress(address: unknown): Address | undefined {
  if (typeof address !== 'string' || address.length > longestAddress) return undefined;
  const bare = /^[ \t]*("?)(.*?)\1[ \t]*$/.exec(address)?.[2] ?? '';
  // First as it is: what could be read as an IPv6 address or as a shorter one with a port is, by RFC 4291, the former.
  const whole = parseIP(bare);
  if (whole !== undefined) return whole;
  const [, bracketed, plain = '', port = ''] =
    /^(?:\[([^\]]+)\]|(.+?))(?::(\d{1,5}|_[\w.-]+))?$/.exec(bare) ?? [];
  return Number(port) > highestPort ? undefined : parseIP(bracketed ?? plain);
}

const highestPort = 65_535;

function parseIP(text: string): Address | undefined {
  // Node is stricter than the library, which also reads octal, hexadecimal and missing parts.
  if (isIPv4(text)) return { ip: ipaddr.IPv4.parse(text), zone: false };
  return isIPv6(text) ? parseIPv6(text) : undefined;
}

function parseIPv6(address: string): Address {
  // The library knows only zones of letters and digits, and interfaces have other names too.
  const [bare = '', zone] = address.split('%', 2);
  // It takes an IPv4-compatible address (RFC 4291 §2.5.5.1) for an IPv4-mapped one, unless every zero is written.
  const compatible = bare.startsWith('::') && isIPv4(bare.slice(2));
  const ip = ipaddr.IPv6.parse(compatible ? `0:0:0:0:0:0:${bare.slice(2)}` : bare);
  return { ip: embeddedIPv4(ip) ?? ip, zone: zone !== undefined };
}

/** The well-known NAT64 prefix of RFC 6052; the library's range of that RFC has the local ones of RFC 8215 too. */
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

function embeddedIPv4(ip: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  return ip.isIPv4MappedAddress() || ip.match(nat64)
    ? new ipaddr.IPv4(ip.toByteArray().slice(12))
    : undefined;
}

/** What the library has under `reserved`, or not at all. */
const ownRanges = {
  documentation: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'].map(
    (range) => ipaddr.parseCIDR(range),
  ),
  benchmarking: [ipaddr.parseCIDR('198.18.0.0/15')],
};

/** All that IANA gives out: https://www.iana.org/assignments/ipv6-address-space/ipv6-address-space.xhtml */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** What an operator is told of a range; of all others, that it is reserved. */
const classes: ReadonlyMap<string, AddressClass> = new Map([
  ['unspecified', 'unspecified'],
  ['loopback', 'loopback'],
  ['private', 'private'],
  ['uniqueLocal', 'private'],
  ['carrierGradeNat', 'shared'],
  ['linkLocal', 'link-local'],
  ['multicast', 'multicast'],
  ['benchmarking', 'benchmarking'],
]);

function classOf({ ip, zone }: Address): AddressClass | undefined {
  // A zone names an interface of this machine (RFC 4007): whatever has one is not seen elsewhere.
  if (zone) return 'link-local';
  const range = ipaddr.subnetMatch(ip, ownRanges, ip.range());
  if (range === 'documentation') return undefined;
  if (range !== 'unicast') return classes.get(range) ?? 'reserved';
  return ip.kind() === 'ipv6' && !ip.match(globalUnicast) ? 'reserved' : undefined;
}
