import { channel } from 'node:diagnostics_channel';
import { isIPv4, isIPv6 } from 'node:net';
import { passEventChannel, publish } from '../diagnostics.js';
import { PassError } from '../errors.js';

/** Why an address is not forwarded. */
type AddressClass =
  | 'absent'
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'shared'
  | 'link-local'
  | 'multicast'
  | 'benchmarking'
  | 'reserved';

interface Address {
  /** Canonical text: dotted decimal, or RFC 5952. */
  readonly text: string;
  /** Four numbers of 8 bits or eight of 16. */
  readonly parts: readonly number[];
  readonly zone: boolean;
}

/**
 * The address for `X-Forwarded-For`, by which Adobe throttles: one that others can tell apart from ours, in canonical
 * form. Global unicast, or a documentation range, so that examples and tests work; nothing else, because all devices
 * behind it would share one allowance with whoever else has such an address.
 *
 * An IPv4-mapped address is given as IPv4, and so is one behind the NAT64 prefix. Brackets and a port are taken off.
 * Each reason not to forward one is published once per process, as the warning `client_address_not_public`, and only
 * when somebody listens: it is a fact about the deployment, and a stream of it would hide other events.
 * @throws PassError `client_address_invalid`, if it is no IP address at all; the message shows its shape only
 */
export function forwardableAddress(address: string | undefined): string | undefined {
  if (address === undefined) return notForwarded('absent');
  const parsed = parseAddress(address);
  const reason = classOf(parsed);
  return reason === undefined ? parsed.text : notForwarded(reason);
}

/**
 * Whose allowance an address counts against: itself, or the /64 of an IPv6 address, since one customer has all of it.
 * @throws PassError `client_address_invalid`
 */
export function addressGroup(address: string): string {
  const { text, parts } = parseAddress(address);
  return parts.length === 4 ? text : `${formatIPv6([...parts.slice(0, 4), 0, 0, 0, 0])}/64`;
}

/**
 * Reasons already published. The one state of this module: what it says about is the process, and an address is judged
 * long before there is an object that could remember it.
 */
const published: Set<AddressClass> = new Set();

function notForwarded(reason: AddressClass): undefined {
  if (published.has(reason) || !channel(passEventChannel).hasSubscribers) return undefined;
  published.add(reason);
  const problem = reason === 'absent' ? 'No client address is known' : `The client address is ${reason}`;
  publish({
    type: 'warning',
    code: 'client_address_not_public',
    message: `${problem}: X-Forwarded-For is not sent, and Adobe Pass counts the call against the address of this server.`,
  });
  return undefined;
}

/** The longest spelling: an IPv6 address with an IPv4 tail, a zone, brackets and a port. */
const longestAddress = 100;

function parseAddress(address: string): Address {
  const given: unknown = address;
  if (typeof given !== 'string') throw invalid(`received ${given === null ? 'null' : typeof given}`);
  if (given.length > longestAddress) throw invalid(`received ${given.length} characters`);
  if (isIPv4(given)) return { text: given, parts: given.split('.').map(Number), zone: false };
  if (isIPv6(given)) return parseIPv6(given);
  // Some proxies pass the socket's address on together with its port.
  const [, bare = ''] = /^([\d.]+):\d{1,5}$/.exec(given) ?? /^\[([^\]]+)\](?::\d{1,5})?$/.exec(given) ?? [];
  if (given.startsWith('[') ? isIPv6(bare) : isIPv4(bare)) return parseAddress(bare);
  throw invalid(
    `received ${given.length} characters${given.includes(',') ? ' with a comma: a list is not one address' : ''}`,
  );
}

function parseIPv6(address: string): Address {
  const [bare = '', zone] = address.split('%', 2);
  const [head = '', tail] = bare.split('::', 2);
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const gap = Array.from({ length: 8 - left.length - right.length }, () => 0);
  const parts = [...left, ...gap, ...right];
  const embedded = prefixedIPv4(parts);
  if (embedded !== undefined) return { text: embedded.join('.'), parts: embedded, zone: zone !== undefined };
  return { text: formatIPv6(parts), parts, zone: zone !== undefined };
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** `::ffff:0:0/96` as RFC 4291 §2.5.5.2 has it, and the well-known NAT64 prefix `64:ff9b::/96` of RFC 6052. */
function prefixedIPv4(parts: readonly number[]): number[] | undefined {
  const prefix = parts.slice(0, 6).join(':');
  if (prefix !== '0:0:0:0:0:65535' && prefix !== '100:65435:0:0:0:0') return undefined;
  const [high = 0, low = 0] = parts.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255];
}

/** RFC 5952: lower case, no leading zeros, the first of the longest runs of two or more zeros as `::`. */
function formatIPv6(parts: readonly number[]): string {
  let start = 0;
  let length = 0;
  for (let from = 0; from < 8; from += 1) {
    let to = from;
    while (to < 8 && parts[to] === 0) to += 1;
    if (to - from > length) [start, length] = [from, to - from];
  }
  const hex = parts.map((part) => part.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function classOf(address: Address): AddressClass | undefined {
  // A zone names an interface of this machine (RFC 4007): whatever has one is not seen elsewhere.
  if (address.zone) return 'link-local';
  return address.parts.length === 4 ? classOfIPv4(address.parts) : classOfIPv6(address.parts);
}

/** @see https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml */
function classOfIPv4([a = 0, b = 0, c = 0]: readonly number[]): AddressClass | undefined {
  if (a === 0) return 'unspecified';
  if (a === 127) return 'loopback';
  if (a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168)) return 'private';
  if (a === 100 && b >= 64 && b <= 127) return 'shared';
  if (a === 169 && b === 254) return 'link-local';
  if (a === 198 && (b === 18 || b === 19)) return 'benchmarking';
  if (a >= 224 && a <= 239) return 'multicast';
  if (a >= 240) return 'reserved';
  // IETF protocol assignments, and the relay anycast that RFC 7526 withdrew.
  if (a === 192 && ((b === 0 && c === 0) || (b === 88 && c === 99))) return 'reserved';
  return undefined;
}

/** @see https://www.iana.org/assignments/iana-ipv6-special-registry/iana-ipv6-special-registry.xhtml */
function classOfIPv6(parts: readonly number[]): AddressClass | undefined {
  const [first = 0, second = 0, third = 0] = parts;
  if (parts.slice(0, 7).every((part) => part === 0)) {
    if (parts[7] === 0) return 'unspecified';
    if (parts[7] === 1) return 'loopback';
  }
  if ((first & 0xfe00) === 0xfc00) return 'private';
  if ((first & 0xffc0) === 0xfe80) return 'link-local';
  if ((first & 0xff00) === 0xff00) return 'multicast';
  if (first === 0x2001 && second === 2 && third === 0) return 'benchmarking';
  // Protocol assignments such as Teredo, and 6to4: the address says nothing of where the device is.
  if ((first === 0x2001 && second < 0x200) || first === 0x2002) return 'reserved';
  return (first & 0xe000) === 0x2000 ? undefined : 'reserved';
}

function invalid(shape: string): PassError {
  return new PassError('client_address_invalid', `device.address must be one IPv4 or IPv6 address, ${shape}`);
}
