import ipaddr from 'ipaddr.js';

/** The network of an address group: what one customer of a provider may have been given, or a neighbourhood of them. */
export function networkOf(group: string): string {
  const [address = group] = group.split('/', 1);
  const { network, bits } = address.includes(':')
    ? { network: ipaddr.IPv6.networkAddressFromCIDR(`${address}/48`), bits: 48 }
    : { network: ipaddr.IPv4.networkAddressFromCIDR(`${address}/24`), bits: 24 };
  return `${network.toString()}/${bits}`;
}
