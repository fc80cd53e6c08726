import type { Device, DeviceInfo } from '../device/Device.js';
import { parseDeviceInfoHeader } from '../device/deviceInfo.js';

/**
 * A device as its headers describe it. Reading `X-Device-Info` takes longer than everything else that happens to a
 * request whose token is in memory, so it waits until something is sent.
 */
export class HeaderDevice implements Device {
  readonly identifier: string | Uint8Array;
  /** The header as it came: what a copy of this object forwards. */
  readonly info: string | undefined;

  constructor(identifier: string | Uint8Array, info: string | undefined) {
    this.identifier = identifier;
    this.info = info;
  }

  /** The header's content, to which the address and port of the connection can be added. */
  readInfo(): DeviceInfo | string | undefined {
    return this.info === undefined ? undefined : parseDeviceInfoHeader(this.info);
  }
}
