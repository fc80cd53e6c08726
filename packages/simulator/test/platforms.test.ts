import { describe, expect, test } from 'vitest';

import { recognisePlatform } from '../src/api/device/recognisePlatform.js';
import { at, authenticated, deviceInfoHeader, getConfiguration } from './support/caller.js';
import { startSimulator } from './support/withSimulator.js';

interface Sighting {
  readonly info?: Record<string, string>;
  readonly userAgent?: string;
}

const android = { osName: 'Android', osVersion: '13', version: '1', connectionType: 'WiFi' };

const sightings: readonly (readonly [string, Sighting])[] = [
  ['FireTV', { info: { ...android, model: 'AFTMM', manufacturer: 'Amazon', vendor: 'Amazon' } }],
  ['FireTV', { info: { ...android, model: 'AFTKA' } }],
  ['FireTV', { userAgent: 'Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7633; wv) AppleWebKit/537.36' }],
  ['Android', { info: { ...android, model: 'Pixel 8', manufacturer: 'Google', vendor: 'google' } }],
  ['Android', { info: { ...android, model: 'SM-S911B', manufacturer: 'samsung', vendor: 'samsung' } }],
  ['Android', { info: { ...android, model: 'KFTRWI', manufacturer: 'Amazon' } }],
  ['Android', { userAgent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/120.0 Mobile Safari/537.36' }],
  [
    'iOS',
    { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1' },
  ],
  [
    'iOS',
    { info: { model: 'iPhone14,2', osName: 'iOS', osVersion: '18', version: '1', type: 'MobilePhone' } },
  ],
  ['tvOS', { info: { model: 'AppleTV', osName: 'tvOS', osVersion: '18', version: '1' } }],
  ['Roku', { info: { model: 'Roku', osName: 'Roku', osVersion: '12', version: '4800X' } }],
  ['Roku', { info: { model: '4800X', osName: 'Roku OS', osVersion: '12', version: '1' } }],
  ['Roku', { userAgent: 'Roku/DVP-12.0 (12.0.0.4182-88)' }],
  [
    'Samsung',
    {
      info: {
        model: 'QN55',
        manufacturer: 'Samsung',
        osName: 'Linux',
        osFamily: 'Tizen',
        version: '1',
        osVersion: '7',
      },
    },
  ],
  [
    'Samsung',
    { info: { model: 'QN55', osName: 'Linux', osVendor: 'Samsung', version: '1', osVersion: '7' } },
  ],
  ['Samsung', { userAgent: 'Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36' }],
  [
    'Vizio',
    { info: { model: 'V505', manufacturer: 'VIZIO', osName: 'Linux', version: '1', osVersion: '1' } },
  ],
  [
    'Vizio',
    {
      userAgent:
        'Mozilla/5.0 (X11; Linux armv7l) Chrome/88 Safari/537.36 CrKey/1.0 (VIZIO V505-G9) SmartCast/1.0',
    },
  ],
  [
    'PlayStation',
    {
      info: {
        model: 'PS5',
        manufacturer: 'Sony',
        osName: 'Linux',
        osFamily: 'PlayStation OS',
        version: '1',
        osVersion: '1',
      },
    },
  ],
  ['PlayStation', { userAgent: 'Mozilla/5.0 (PlayStation; PlayStation 5/6.00) AppleWebKit/605.1.15' }],
  ['LG', { userAgent: 'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 WebAppManager' }],
  ['Xbox', { userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) Edge/44' }],
  ['Windows', { userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120' }],
  ['macOS', { info: { model: 'Mac', osName: 'Mac OS', osVersion: '14', version: '1' } }],
  ['Linux', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/120' }],
  ['unidentified', {}],
  ['unidentified', { userAgent: 'node' }],
  ['unidentified', { info: { model: 'X', osName: 'Symbian', osVersion: '1', version: '1' } }],
];

test.each(sightings)('%s: %o', (name, { info, userAgent }) => {
  const deviceInfo = info === undefined ? undefined : deviceInfoHeader(info);
  expect(recognisePlatform({ deviceInfo, userAgent }).name).toBe(name);
});

test('what a device says of itself counts more than its User-Agent', () => {
  const userAgent = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)';
  const deviceInfo = deviceInfoHeader({ ...android, model: 'AFTMM', manufacturer: 'Amazon' });
  expect(recognisePlatform({ deviceInfo, userAgent })).toMatchObject({ name: 'FireTV', osName: 'Android' });
});

describe('the list of providers', () => {
  const seven = ['FireTV', 'Android', 'iOS', 'Samsung', 'Vizio', 'PlayStation', 'Roku'];

  test('is another one on each platform', async () => {
    const simulator = await startSimulator();
    const { accessToken } = await authenticated(simulator);
    const lists = new Map<string, string>();
    for (const [name, { info, userAgent }] of sightings) {
      const { json } = await getConfiguration(simulator, accessToken, {
        headers: {
          ...(info === undefined ? {} : { 'X-Device-Info': deviceInfoHeader(info) }),
          'User-Agent': userAgent ?? 'node',
        },
      });
      const ids = (at(json, 'requestor', 'mvpds') as { id: string }[]).map(({ id }) => id).join(' ');
      expect(lists.get(name) ?? ids).toBe(ids);
      lists.set(name, ids);
      expect(at(json, 'platform')).toBe(name);
    }
    expect(new Set(seven.map((name) => lists.get(name))).size).toBe(7);
    for (const name of seven) expect(lists.get(name)).not.toBe(lists.get('unidentified'));
  });

  test('shows an MVPD under another name where the platform wants it', async () => {
    const simulator = await startSimulator();
    const { accessToken } = await authenticated(simulator);
    const shownOn = async (userAgent: string): Promise<unknown> => {
      const { json } = await getConfiguration(simulator, accessToken, {
        headers: { 'User-Agent': userAgent },
      });
      const mvpds = at(json, 'requestor', 'mvpds') as { id: string; displayName: string }[];
      return mvpds.find(({ id }) => id === 'BluefinchFiber')?.displayName;
    };
    expect([await shownOn('Roku/DVP'), await shownOn('node')]).toEqual(['Bluefinch', 'Bluefinch Fiber']);
  });

  test('has thirty invented ones, and leaves out what is not integrated', async () => {
    const { defaultProviders } = await import('../src/scenario/defaultProviders.js');
    expect(defaultProviders.filter(({ id }) => id !== 'Cablevision')).toHaveLength(30);
    const simulator = await startSimulator();
    const { accessToken } = await authenticated(simulator);
    expect((await getConfiguration(simulator, accessToken)).text).not.toContain('FormerFiber');
  });
});
