import type { Device, DeviceInfo } from '../../device/Device.js';
import { deviceInfoHeader, parseDeviceInfoHeader } from '../../device/deviceInfo.js';
import { isJsonObject } from '../../http/parseJson.js';

/** What a call for the list of providers says of the device, and what tells its answer from those for others. */
export interface Platform {
  /** Equal for devices that Adobe Pass takes for one platform. */
  readonly key: string;
  /** `undefined`: nothing is known that could be said. */
  readonly deviceInfo: string | undefined;
}

/** Of a connection, which the answer does not depend on, and which would be another viewer's. */
const ofConnection = /^connection/i;

/** What differs between devices of one platform. */
const ofDevice: ReadonlySet<string> = new Set([
  'version',
  'osVersion',
  'browserVersion',
  'displayWidth',
  'displayHeight',
  'displayPpi',
  'diagonalScreenSize',
  'applicationId',
  'userAgent',
]);

/**
 * Adobe Pass recognises a platform by the whole device info, and by the `User-Agent` where that says nothing. So all that is
 * sent and can matter is in the key, but for numbers of versions and sizes: what one device says cannot become the list of
 * another, which would say something else.
 */
export function platformOf({ info }: Pick<Device, 'info'>, userAgent: string | undefined): Platform {
  const read = typeof info === 'string' ? parseDeviceInfoHeader(info) : info;
  const agent = userAgent?.replaceAll(/[\d._]+/g, '');
  if (typeof read === 'string')
    return { key: JSON.stringify([read, agent]), deviceInfo: deviceInfoHeader(read) };
  const said = membersOf(read);
  const names = said.filter(([name]) => !ofDevice.has(name));
  return {
    key: JSON.stringify([names.toSorted(([one], [other]) => (one < other ? -1 : 1)), agent]),
    deviceInfo: said.length === 0 ? undefined : deviceInfoHeader(Object.fromEntries(said)),
  };
}

function membersOf(info: DeviceInfo | undefined): readonly (readonly [string, unknown])[] {
  if (!isJsonObject(info)) return [];
  return Object.entries(info).filter(([name, value]) => value !== undefined && !ofConnection.test(name));
}
