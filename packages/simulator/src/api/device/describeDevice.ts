import type { DeviceFacts } from '../../state/sessions.js';
import { decodeDeviceInfo, isMembers } from './deviceInfo.js';
import { recognisePlatform } from './recognisePlatform.js';

interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly profile: string;
}

/** The device that a code was made for, as a second screen may show it. What is not known is null, or `Unknown`. */
export function describeDevice({ deviceInfo, userAgent, address }: DeviceFacts): Record<string, unknown> {
  const decoded = decodeDeviceInfo(deviceInfo);
  const info = isMembers(decoded) ? decoded : {};
  const text = (name: string): string | null => {
    const value = info[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const numberOrText = (name: string): string | null => {
    const value = info[name];
    return typeof value === 'number' ? String(value) : text(name);
  };
  const number = (name: string): number => {
    const value = Number(info[name] ?? 0);
    return Number.isFinite(value) ? value : 0;
  };
  const platform = recognisePlatform({ deviceInfo, userAgent });
  const version = versionOf(text('version'));
  const vendor = text('vendor');
  return {
    type: platform.hardwareType,
    model: text('model'),
    version,
    hardware: { name: text('model'), vendor, version, manufacturer: text('manufacturer') },
    operatingSystem: {
      name: platform.osName,
      family: text('osFamily') ?? platform.osName,
      vendor: text('osVendor') ?? vendor ?? 'Unknown',
      version: versionOf(text('osVersion')),
    },
    browser: {
      name: text('browserName') ?? 'Unknown',
      vendor: text('browserVendor') ?? 'Unknown',
      version: versionOf(text('browserVersion')),
      userAgent: text('userAgent') ?? userAgent ?? '',
      originalUserAgent: userAgent ?? '',
    },
    display: {
      width: number('displayWidth'),
      height: number('displayHeight'),
      ppi: number('displayPpi'),
      name: 'DISPLAY',
      vendor: null,
      version: null,
      diagonalSize: numberOrText('diagonalScreenSize'),
    },
    applicationId: text('applicationId'),
    connection: {
      ipAddress: text('connectionIp') ?? address ?? '',
      port: numberOrText('connectionPort') ?? '',
      secure: info['connectionSecure'] === true || info['connectionSecure'] === 'true',
      type: text('connectionType'),
    },
  };
}

function versionOf(version: string | null): Version {
  const [major = 0, minor = 0, patch = 0] = (version ?? '')
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  return { major: major || 0, minor: minor || 0, patch: patch || 0, profile: '' };
}
