import { decodeDeviceInfo, isMembers } from './deviceInfo.js';

/** What the service takes a device to be: its own guess from `User-Agent`, overruled by `X-Device-Info`. */
export interface Platform {
  /** `FireTV`, `Samsung`; `unidentified` has the most restrictive rules. */
  readonly name: string;
  readonly category: 'Desktop' | 'Mobile' | 'TVConnected' | 'unidentified';
  readonly hardwareType: string;
  readonly osName: string;
}

interface Traits {
  readonly model: string;
  /** Maker of the device or of its system: Adobe's snippets fill manufacturer, vendor or osVendor. */
  readonly makers: string;
  readonly osName: string;
  readonly osFamily: string;
  readonly hardwareType: string;
  readonly userAgent: string;
}

interface Rule {
  readonly name: string;
  readonly category: Platform['category'];
  readonly hardwareType: string;
  readonly osName: string;
  readonly fits: (traits: Traits) => boolean;
}

const isAndroid = ({ osName, userAgent }: Traits): boolean =>
  /^Android$/i.test(osName) || (osName === '' && /\bAndroid\b/.test(userAgent));

/**
 * The first that fits. Android and Fire OS both say that they are Android and no more, and Samsung makes phones as well as
 * sets: model and maker tell them apart.
 * https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/appendix/headers/rest-api-v2-appendix-headers-x-device-info
 */
const rules: readonly Rule[] = [
  {
    name: 'FireTV',
    category: 'TVConnected',
    hardwareType: 'SetTopBox',
    osName: 'Android',
    fits: ({ model, makers, hardwareType, userAgent }) =>
      model.startsWith('AFT') ||
      (/\bAmazon\b/i.test(makers) && !model.startsWith('KF') && !isHandheld(hardwareType)) ||
      (model === '' && /\bAFT[A-Z0-9]*\b|Fire ?TV/.test(userAgent)),
  },
  {
    name: 'Roku',
    category: 'TVConnected',
    hardwareType: 'MediaPlayer',
    osName: 'Roku OS',
    fits: ({ model, makers, osName, userAgent }) =>
      /^Roku/i.test(osName) ||
      /^Roku/i.test(model) ||
      /\bRoku\b/i.test(makers) ||
      /\bRoku\b/i.test(userAgent),
  },
  {
    name: 'tvOS',
    category: 'TVConnected',
    hardwareType: 'MediaPlayer',
    osName: 'tvOS',
    fits: ({ model, osName, userAgent }) =>
      /^tvOS$/i.test(osName) || /^Apple ?TV/i.test(model) || /Apple ?TV|\btvOS\b/i.test(userAgent),
  },
  {
    name: 'iOS',
    category: 'Mobile',
    hardwareType: 'MobilePhone',
    osName: 'iOS',
    fits: ({ osName, userAgent }) =>
      /^(iOS|iPadOS)$/i.test(osName) || (osName === '' && /\b(iPhone|iPad|iPod)\b/.test(userAgent)),
  },
  {
    name: 'PlayStation',
    category: 'TVConnected',
    hardwareType: 'GamesConsole',
    osName: 'PlayStation OS',
    fits: ({ model, osName, osFamily, userAgent }) =>
      /PlayStation/i.test(`${osFamily} ${osName} ${model}`) || /\bPlayStation\b/i.test(userAgent),
  },
  {
    name: 'Xbox',
    category: 'TVConnected',
    hardwareType: 'GamesConsole',
    osName: 'Windows',
    fits: ({ model, userAgent }) => /\bXbox\b/i.test(`${model} ${userAgent}`),
  },
  {
    name: 'Vizio',
    category: 'TVConnected',
    hardwareType: 'TV',
    osName: 'Linux',
    fits: ({ makers, userAgent }) => /\bVizio\b/i.test(makers) || /\bVIZIO\b|SmartCast/i.test(userAgent),
  },
  {
    name: 'LG',
    category: 'TVConnected',
    hardwareType: 'TV',
    osName: 'webOS',
    fits: ({ osName, osFamily, userAgent }) =>
      /webOS/i.test(`${osName} ${osFamily}`) || /\bWeb0S\b|\bwebOS\b/i.test(userAgent),
  },
  {
    name: 'Samsung',
    category: 'TVConnected',
    hardwareType: 'TV',
    osName: 'Linux',
    fits: (traits) =>
      /Tizen/i.test(`${traits.osFamily} ${traits.makers}`) ||
      /\bTizen\b/i.test(traits.userAgent) ||
      (/\bSamsung\b/i.test(traits.makers) && !isAndroid(traits) && !isHandheld(traits.hardwareType)),
  },
  {
    name: 'Android',
    category: 'Mobile',
    hardwareType: 'MobilePhone',
    osName: 'Android',
    fits: isAndroid,
  },
  desktop('Windows', 'Windows', /\bWindows NT\b|\bWindows\b/),
  desktop('macOS', 'Mac OS', /\bMacintosh\b|\bMac OS\b|\bOS X\b/),
  desktop('ChromeOS', 'Chrome OS', /\bCrOS\b|\bChrome OS\b/),
  desktop('Linux', 'Linux', /\bX11; .*Linux\b|\bLinux\b/),
];

const unidentified: Platform = {
  name: 'unidentified',
  category: 'unidentified',
  hardwareType: 'Unknown',
  osName: 'Unknown',
};

function desktop(name: string, system: string, userAgents: RegExp): Rule {
  return {
    name,
    category: 'Desktop',
    hardwareType: 'Desktop',
    osName: system,
    fits: ({ osName, userAgent, hardwareType }) =>
      (hardwareType === '' || hardwareType === 'Desktop') &&
      (osName === '' ? userAgents.test(userAgent) : userAgents.test(osName)),
  };
}

function isHandheld(hardwareType: string): boolean {
  return hardwareType === 'MobilePhone' || hardwareType === 'Tablet';
}

export function recognisePlatform(headers: {
  readonly deviceInfo: string | undefined;
  readonly userAgent: string | undefined;
}): Platform {
  const traits = traitsOf(headers);
  const rule = rules.find(({ fits }) => fits(traits)) ?? unidentified;
  return {
    name: rule.name,
    category: rule.category,
    hardwareType: traits.hardwareType === '' ? rule.hardwareType : traits.hardwareType,
    osName: traits.osName === '' ? rule.osName : traits.osName,
  };
}

/** Whether something that is for `names` is for this platform: by its name, its category, its hardware or its system. */
export function isOneOf(platform: Platform, names: readonly string[]): boolean {
  return [platform.name, platform.category, platform.hardwareType, platform.osName].some((name) =>
    names.includes(name),
  );
}

function traitsOf({ deviceInfo, userAgent = '' }: Parameters<typeof recognisePlatform>[0]): Traits {
  const decoded = decodeDeviceInfo(deviceInfo);
  const info = isMembers(decoded) ? decoded : {};
  const member = (name: string): string => {
    const value = info[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    model: member('model'),
    makers: [member('manufacturer'), member('vendor'), member('osVendor')].join(' '),
    osName: member('osName'),
    osFamily: member('osFamily'),
    // Adobe's own snippets for Apple's devices say `type`.
    hardwareType: member('primaryHardwareType') || member('type'),
    userAgent: member('userAgent') || userAgent,
  };
}
