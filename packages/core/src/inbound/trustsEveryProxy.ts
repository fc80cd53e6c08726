/** More hops than anybody would count. Addresses for documentation: no machine has one of them. */
const hops = Array.from({ length: 64 }, (_, hop) => `192.0.2.${hop + 1}`);

/**
 * Whether any client can choose its address. Frameworks hide how they are configured, or take a function for an answer,
 * so the request's own `ip` is asked about an imaginary request from an address that nobody has. For requests whose `ip`
 * is a getter over Node's request, be it the request itself or its `raw`, as those of Express and Fastify.
 */
export function trustsEveryProxy(request: object): boolean {
  const socket = { remoteAddress: '192.0.2.254' };
  const message = { headers: { 'x-forwarded-for': hops.join(', ') }, socket, connection: socket };
  const imaginary = Object.create(request, {
    ...Object.getOwnPropertyDescriptors(message),
    raw: { value: message },
  }) as { readonly ip?: unknown };
  return imaginary.ip === hops[0];
}
