import { decodeDeviceInfo, isMembers } from './deviceInfo.js';

/** What the service takes a device to be: its own guess from `User-Agent`, overruled by `X-Device-Info`. */
export interface Platform {
  readonly hardwareType: string;
  readonly osName: string;
}

const guesses: readonly (readonly [RegExp, Platform])[] = [
  [/Roku/i, { hardwareType: 'MediaPlayer', osName: 'Roku OS' }],
  [/AppleTV|tvOS/i, { hardwareType: 'MediaPlayer', osName: 'tvOS' }],
  [/iPad/i, { hardwareType: 'Tablet', osName: 'iOS' }],
  [/iPhone/i, { hardwareType: 'MobilePhone', osName: 'iOS' }],
  [/Android/i, { hardwareType: 'MobilePhone', osName: 'Android' }],
  [/Web0S|webOS/i, { hardwareType: 'TV', osName: 'webOS' }],
  [/Windows/i, { hardwareType: 'Desktop', osName: 'Windows' }],
  [/Macintosh/i, { hardwareType: 'Desktop', osName: 'Mac OS' }],
];

const unknown: Platform = { hardwareType: 'Unknown', osName: 'Unknown' };

export function detectPlatform(headers: {
  readonly deviceInfo: string | undefined;
  readonly userAgent: string | undefined;
}): Platform {
  const guessed = guesses.find(([pattern]) => pattern.test(headers.userAgent ?? ''))?.[1] ?? unknown;
  const info = decodeDeviceInfo(headers.deviceInfo);
  if (!isMembers(info)) return guessed;
  const { primaryHardwareType, osName } = info;
  return {
    hardwareType: typeof primaryHardwareType === 'string' ? primaryHardwareType : guessed.hardwareType,
    osName: typeof osName === 'string' ? osName : guessed.osName,
  };
}
