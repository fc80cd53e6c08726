import { createSimulator } from '@pass-dcr/simulator';
import { expect, it } from 'vitest';
import { memoryCache } from '../../src/cache/memoryCache.js';
import type { CacheWrite, PassCache } from '../../src/cache/PassCache.js';
import { createPass } from '../../src/createPass.js';
import { readText } from './documents.js';

/** What each item of SECURITY.md begins with, and the tests that would see it happen. */
const proofs: readonly (readonly [item: string, ...tests: (readonly [file: string, name: string])[]])[] = [
  [
    'A secret in a log',
    ['packages/core/test/publishFailure.test.ts', 'the event of an error repeats nothing of its cause'],
    [
      'packages/core/test/docs/security.test.ts',
      'a store that others can read holds nothing of a device in clear',
    ],
  ],
  [
    'A device identifier',
    ['packages/core/test/admission/inventedDevices.test.ts', 'are named in no error, and neither is a token'],
    [
      'packages/core/test/docs/security.test.ts',
      'a store that others can read holds nothing of a device in clear',
    ],
  ],
  [
    'A sealed record',
    ['packages/core/test/cache/sealing.test.ts', 'opens under no other key name'],
    ['packages/core/test/cache/sealing.test.ts', 'does not open once any of its bits is flipped'],
  ],
  [
    'Credentials or tokens of one device',
    [
      'packages/core/test/inbound/attachClient.test.ts',
      'keeps what the device function said, whatever becomes of its object and bytes',
    ],
    [
      'packages/conformance/src/adapter/concurrencyCases.ts',
      'devices that share a connection do not share a client',
    ],
  ],
  [
    'A spoofed client address',
    [
      'packages/conformance/src/adapter/attackCases.ts',
      'attacks on address and identity, without a proxy: none succeeds',
    ],
    [
      'packages/core/test/device/deviceInfo.test.ts',
      "takes a device's own text, but for what it says of its connection",
    ],
  ],
  [
    'A request that is refused, or a process that ends',
    [
      'packages/conformance/src/adapter/addressCases.ts',
      'an address that cannot be read refuses nobody, and none is sent',
    ],
    [
      'packages/express/test/readme.test.ts',
      'on Express 4, the route of the README answers what its client fails with, and the process lives',
    ],
  ],
  [
    'A request of the library that leaves',
    [
      'packages/core/test/http/upstreamPath.test.ts',
      'gives nothing that a URL parser would read as another origin or another prefix',
    ],
  ],
  [
    'A caller who, without being authenticated',
    [
      'packages/core/test/admission/inventedDevices.test.ts',
      'share the places on the wire: the rest queues, and beyond the queue is turned away',
    ],
    [
      'packages/core/test/session/memory.test.ts',
      'leave nothing behind for a device that could not be registered',
    ],
  ],
  [
    'For the simulator',
    [
      'packages/simulator/test/control.test.ts',
      'a page that rebinds its name reaches neither the control API nor an endpoint',
    ],
  ],
];

it('each vulnerability that SECURITY.md names would be seen by a test', () => {
  const [, list = ''] = readText('SECURITY.md').split('## What we consider a vulnerability\n');
  const items = Array.from(list.matchAll(/^- (.*)$/gm), ([, item = '']) => item);
  expect(items).toEqual(proofs.map(([item]) => expect.stringMatching(new RegExp(`^${item}`)) as string));
  for (const [, ...tests] of proofs)
    for (const [file, name] of tests) expect([name, readText(file).includes(name)]).toEqual([name, true]);
});

it('a store that others can read holds nothing of a device in clear', async () => {
  const simulator = await createSimulator();
  const written: string[] = [];
  const memory = memoryCache();
  const cache: PassCache = {
    ...memory,
    scope: 'shared',
    async swap(key: string, expected: string | null, next: CacheWrite | null, ...others) {
      written.push(key, next?.value ?? '');
      return await memory.swap(key, expected, next, ...others);
    },
  };
  const statement = simulator.issueSoftwareStatement({ application: 'tv' });
  const secret = 'c0ffee0123456789c0ffee012345678!';
  const identifier = 'living-room-tv-7f3c';
  const pass = createPass({
    environment: 'local',
    baseUrl: simulator.url,
    serviceProvider: 'REF30',
    application: 'tv',
    softwareStatement: statement,
    secret,
    cache,
  });
  const token = await pass.client({ identifier, address: '203.0.113.7' }).accessToken();
  await pass.close();
  const [client] = simulator.clients();
  await simulator.close();
  const readings = written
    .flatMap((text) => [text, Buffer.from(text, 'base64').toString('latin1')])
    .join('\n');
  const hidden = {
    identifier,
    statement,
    secret,
    token,
    clientId: client?.clientId ?? '',
    address: '203.0.113.7',
  };
  expect(written.length).toBeGreaterThan(4);
  expect(Object.entries(hidden).filter(([, value]) => value === '' || readings.includes(value))).toEqual([]);
});
