import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { bareAddress } from '../device/clientAddress.js';

/** A request whose `ip` is a getter over Node's request, be it the request itself, as Express's, or its `raw`, as Fastify's. */
interface Proxied {
  readonly ip?: string | undefined;
}

/** What such a getter reads. */
interface Chain {
  readonly headers: IncomingHttpHeaders;
  readonly socketAddress: string | undefined;
}

/** Frameworks hide how they are configured, or take a function for an answer, so their own `ip` is asked about a made-up chain. */
function ipOf(request: Proxied, { headers, socketAddress }: Chain): string | undefined {
  const socket = { remoteAddress: socketAddress };
  const message = { headers, socket, connection: socket };
  const imaginary = Object.create(request, {
    ...Object.getOwnPropertyDescriptors(message),
    raw: { value: message },
  }) as Proxied;
  return imaginary.ip;
}

/** More hops than anybody would count. Addresses for documentation: no machine has one of them. */
const hops = Array.from({ length: 64 }, (_, hop) => `192.0.2.${hop + 1}`);

/** Whether any client can choose its address, by the settings of Express or Fastify. */
export function trustsEveryProxy(request: Proxied): boolean {
  const chain = { headers: { 'x-forwarded-for': hops.join(', ') }, socketAddress: '192.0.2.254' };
  return ipOf(request, chain) === hops[0];
}

/**
 * The client's address by the settings of Express or Fastify, also where entries of `X-Forwarded-For` carry ports: no list
 * of subnets has such an entry in it, so the nearest proxy that wrote one would be taken for the client. `ip` is asked
 * again about the bare addresses.
 */
export function trustedAddress(
  request: Proxied & { readonly headers: IncomingHttpHeaders },
  socketAddress: string | undefined,
): string | undefined {
  const { ip } = request;
  if (ip === undefined || isIP(ip) !== 0) return ip;
  const { 'x-forwarded-for': entries, ...headers } = request.headers;
  const bare = String(entries)
    .split(',')
    .map((entry) => bareAddress(entry) ?? entry);
  return ipOf(request, { headers: { ...headers, 'x-forwarded-for': bare.join(', ') }, socketAddress });
}
