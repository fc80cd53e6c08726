import { isIP } from 'node:net';

/**
 * A page that rebinds its own name to 127.0.0.1 would be same-origin with the simulator, but it cannot choose
 * the `Host` header, which carries that name. An IP address cannot be rebound.
 */
export function isTrustedHost(header: string | undefined, allowedHosts: ReadonlySet<string>): boolean {
  const name = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(header ?? '');
  const host = (name?.[1] ?? name?.[2] ?? '').toLowerCase();
  return host === 'localhost' || host.endsWith('.localhost') || isIP(host) !== 0 || allowedHosts.has(host);
}
