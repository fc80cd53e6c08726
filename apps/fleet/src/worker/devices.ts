import type { Device } from '@pass-dcr/core';

/** What a device presents; nobody but the device, its server and Adobe Pass may see it. */
export function identifierOf(device: number): string {
  return `fleet-device-identifier-${device}`;
}

/** Each device has an address, and with it a throttle, of its own: a /64 of the documentation range. */
export function addressOf(device: number): string {
  return `2001:db8:${Math.floor(device / 0x10000).toString(16)}:${(device % 0x10000).toString(16)}::7`;
}

/** The device that has this address; -1 if none has. */
export function deviceAt(address: string | undefined): number {
  const [, high, low] = /^2001:db8:([0-9a-f]+):([0-9a-f]+)::7$/.exec(address ?? '') ?? [];
  if (high === undefined || low === undefined) return -1;
  return Number.parseInt(high, 16) * 0x10000 + Number.parseInt(low, 16);
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
