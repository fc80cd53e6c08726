import type { Device } from '@pass-dcr/core';

/** What a device presents; nobody but the device, its server and Adobe Pass may see it. */
export function identifierOf(device: number): string {
  return `fleet-device-identifier-${device}`;
}

/** No group of the address is zero, so that it has one spelling. */
const groupSize = 0xffff;

/** Each device has an address, and with it a throttle, of its own: a /64 of the documentation range. */
export function addressOf(device: number): string {
  const [high, low] = [Math.floor(device / groupSize) + 1, (device % groupSize) + 1];
  return `2001:db8:${high.toString(16)}:${low.toString(16)}::7`;
}

/** The device that has this address; -1 if none has. */
export function deviceAt(address: string | undefined): number {
  const [, high, low] = /^2001:db8:([0-9a-f]+):([0-9a-f]+)::7$/.exec(address ?? '') ?? [];
  if (high === undefined || low === undefined) return -1;
  return (Number.parseInt(high, 16) - 1) * groupSize + Number.parseInt(low, 16) - 1;
}

/** The user agent tells the ledger of the simulator which worker called. */
export function deviceOf(device: number, worker: string): Device {
  return {
    identifier: identifierOf(device),
    address: addressOf(device),
    userAgent: worker,
    info: { primaryHardwareType: 'SetTopBox', osName: 'Roku OS' },
  };
}

/** The header by which the driver says which device it is. */
export const deviceHeader = 'x-fleet-device';
