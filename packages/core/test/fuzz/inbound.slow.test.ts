import { once } from 'node:events';
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device } from '../../src/device/Device.js';
import { isPassError } from '../../src/errors.js';
import { attachClient, type AttachOptions } from '../../src/inbound/attachClient.js';
import { deviceFromHeaders } from '../../src/inbound/deviceFromHeaders.js';
import type { PassClient, PassContext } from '../../src/PassClient.js';
import { inboundRequest } from '../inbound/inboundRequest.js';
import { canaries, codeOf, watchEvents } from './canaries.js';
import { campaignMs, holds, Tally, watchUnhandled } from './runs.js';
import { deadlineMs, endOf, ends, recovers, stage, type Stage } from './stage.js';

watchUnhandled();

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What Node's parser lets through: one byte for each character, also those above ASCII. */
const headerText = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', ' ', '\t', '\r\nX-Injected: 1', '\0', 'a'.repeat(9_000), ','.repeat(500)),
);

const near = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...texts),
    fc.tuple(fc.constantFrom(...texts), fc.nat(), headerText).map(([text, at, added]) => {
      const place = at % (text.length + 1);
      return `${text.slice(0, place)}${added.slice(0, 20)}${text.slice(place)}`;
    }),
    fc.tuple(fc.constantFrom(...texts), fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
    headerText,
  );

const identifiers = fc.oneof(
  near([
    `fingerprint ${base64('tv')}`,
    `Fingerprint  ${base64(canaries.identifier)}`,
    'fingerprint ',
    'fingerprint ====',
    `fingerprint ${base64('\0\x1F')}`,
    `fingerprint ${base64('x'.repeat(1_025))}`,
    `fingerprint ${base64('x'.repeat(1_024))}`,
    'fingerprint __proto__',
    'Bearer abc',
  ]),
  fc
    .uint8Array({ maxLength: 1_100 })
    .map((bytes) => `fingerprint ${Buffer.from(bytes).toString('base64').replace(/=*$/, '')}`),
);

const infos = near([
  base64('{"primaryHardwareType":"TV","model":"X","connectionIp":"10.0.0.1"}'),
  base64('{"__proto__":{"a":1},"osName":{}}'),
  base64(`{"a":${'['.repeat(2_000)}${']'.repeat(2_000)}}`),
  base64('[1]'),
  base64('{"model":"\\ud800"}'),
  base64('platform=Windows;mobile=false;'),
]);

const addresses = near([
  '203.0.113.7',
  '2001:db8::7',
  '::ffff:203.0.113.7',
  '[2001:db8::7]:443',
  '203.0.113.7:65535',
  '203.0.113.7, 10.0.0.1',
  'fe80::1%eth0',
  'unknown',
  '_hidden',
  '0x7f.1',
  '1:2:3:4:5:6:7::',
  '64:ff9b::203.0.113.7',
  '127.0.0.1',
]);

const headersArbitrary = fc.record(
  {
    'ap-device-identifier': identifiers,
    'x-device-info': infos,
    'user-agent': headerText,
    'adobe-subject-token': near(['eyJhbGciOiJIUzI1NiJ9.e30.c2ln']),
    'ad-service-token': headerText,
    'ap-partner-framework-status': headerText,
    'x-roku-reserved-roku-connect-token': headerText,
    'ap-temppass-identity': headerText,
    'ap-visitor-identifier': headerText,
    'x-forwarded-for': addresses,
    authorization: headerText,
    __proto__: headerText,
  },
  { requiredKeys: [] },
);

/** What Adobe Pass may see of a device's request, and nothing else. */
const names: readonly string[] = [
  'accept',
  'ad-service-token',
  'adobe-subject-token',
  'ap-device-identifier',
  'ap-partner-framework-status',
  'authorization',
  'content-type',
  'user-agent',
  'x-device-info',
  'x-forwarded-for',
  'x-roku-reserved-roku-connect-token',
];

function expectSendable({ upstream }: Stage, address: string | undefined): void {
  for (const { headers, path } of upstream.sent) {
    for (const [name, value] of Object.entries(headers)) {
      expect(names).toContain(name);
      expect(value).toMatch(/^[\t\x20-\x7E\x80-\xFF]+$/);
    }
    expect(path).toMatch(/^\/(?:o\/client\/(?:register|token)|api\/v2\/REF30\/profiles)$/);
    // The header is the framework's affair: only what it trusts comes as the address.
    if (headers['x-forwarded-for'] !== undefined) expect(address).toBeDefined();
  }
}

interface Target {
  headers: Record<string, string>;
  pass?: PassClient;
}

describe('whatever a device sends', () => {
  it(
    'is served or refused with a 400, and nobody else is named by it',
    async () => {
      watchEvents();
      const tally = new Tally();
      const property = fc.asyncProperty(
        headersArbitrary,
        fc.option(addresses, { nil: undefined }),
        fc.option(fc.integer(), { nil: undefined }),
        async (headers, address, socketPort) => {
          const on = stage();
          const { attach } = bound(attachClient<Target>(on.pass, { device: deviceFromHeaders() }));
          const target: Target = { headers };
          const request = inboundRequest(headers, { address, socketAddress: address, socketPort });
          const served = async (): Promise<unknown> => {
            await attach(target, request);
            return await target.pass?.profiles.all();
          };
          const { outcome } = await on.clock.settle(served(), deadlineMs);
          expectSendable(on, address);
          const given = on.upstream.sent.flatMap(({ headers: sent }) => sent['ap-device-identifier'] ?? []);
          if (outcome.status === 'fulfilled') {
            tally.add('served');
            expect(given).toHaveLength(1);
            // The very bytes that came, in Adobe's spelling.
            const bytes = (text: string | undefined): Buffer =>
              Buffer.from(text?.replace(/^\s*fingerprint\s+/i, '') ?? '', 'base64');
            expect(bytes(given[0])).toEqual(bytes(headers['ap-device-identifier']));
            expect(on.upstream.count('register')).toBe(1);
          } else {
            tally.add(codeOf(outcome.reason));
            expect(outcome.reason).toMatchObject({ status: 400 });
            expect(on.upstream.sent).toEqual([]);
          }
          await recovers(on);
        },
      );
      await holds(property, 400);
      tally.report('inbound');
      expect(tally.of('served')).toBeGreaterThan(10);
      for (const code of ['device_missing', 'device_identifier_invalid', 'header_invalid'])
        expect(tally.of(code)).toBeGreaterThan(0);
    },
    campaignMs,
  );

  it(
    'devices and contexts of any shape are refused by name, never by a crash',
    async () => {
      watchEvents();
      const tally = new Tally();
      const odd = fc.oneof(
        { weight: 2, arbitrary: fc.anything() },
        fc.constantFrom<unknown>(
          canaries.identifier,
          canaries.accessToken,
          1n,
          Symbol('x'),
          new Uint8Array(3),
        ),
        fc.string({ unit: 'binary' }),
      );
      const rarely = (value: unknown): fc.Arbitrary<unknown> =>
        fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: odd });
      const devices = fc.oneof(
        { weight: 1, arbitrary: fc.anything() },
        {
          weight: 4,
          arbitrary: fc.record(
            {
              identifier: rarely(canaries.identifier),
              info: rarely({ model: 'X1' }),
              address: rarely('2001:db8::7'),
              port: rarely(443),
              userAgent: odd,
            },
            { requiredKeys: ['identifier'] },
          ),
        },
      );
      const contexts = fc.option(
        fc.record(
          {
            subjectToken: rarely(undefined),
            serviceToken: rarely('a.b.c'),
            tempPassIdentity: odd,
            serviceProvider: rarely('REF31'),
          },
          { requiredKeys: [] },
        ),
        { nil: undefined },
      );
      const property = fc.asyncProperty(devices, contexts, async (given, context) => {
        const on = stage();
        const work = async (): Promise<unknown> =>
          await on.pass.client(given as Device, context as PassContext).profiles.all();
        tally.add(await endOf(on, work()));
        for (const { headers } of on.upstream.sent)
          for (const value of Object.values(headers)) expect(value).toMatch(/^[\t\x20-\x7E\x80-\xFF]+$/);
        await ends(on);
      });
      await holds(property, 500);
      tally.report('devices');
      expect(tally.of('answered')).toBeGreaterThan(10);
      expect(tally.names).toEqual(
        expect.arrayContaining(['device_missing', 'device_identifier_invalid', 'header_invalid']),
      );
    },
    campaignMs,
  );

  it(
    'is read the same way from a real request',
    async () => {
      const { createServer, request } = await import('node:http');
      const seen: { identifier: string | Uint8Array | undefined; code: string | undefined }[] = [];
      const read = deviceFromHeaders();
      const server = createServer((incoming, response) => {
        try {
          seen.push({ identifier: read(incoming)?.identifier, code: undefined });
        } catch (error) {
          if (!isPassError(error)) throw error;
          seen.push({ identifier: undefined, code: error.code });
        }
        response.end();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const sendable = /^[\t\x20-\x7E\x80-\xFF]*$/;
      let sent = 0;
      const property = fc.asyncProperty(identifiers, async (value) => {
        fc.pre(sendable.test(value) && value.length < 8_000);
        const outgoing = request({ port, host: '127.0.0.1', headers: { 'ap-device-identifier': value } });
        outgoing.end();
        const [response] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream];
        response.resume();
        await once(response, 'end');
        sent += 1;
        const { identifier, code } = seen.at(-1) ?? {};
        if (code !== undefined || identifier === undefined) {
          expect(code).toBe(
            value.trim() === '' && code === undefined ? undefined : 'device_identifier_invalid',
          );
          return;
        }
        const bytes = Buffer.from(value.trim().replace(/^fingerprint\s+/i, ''), 'base64');
        const expected = isUtf8(bytes) && !/\p{Cc}/u.test(bytes.toString()) ? bytes.toString() : bytes;
        if (typeof expected === 'string') expect(identifier).toBe(expected);
        else expect(Buffer.from(identifier as Uint8Array)).toEqual(expected);
      });
      await holds(property, 150);
      expect(seen).toHaveLength(sent);
      expect(seen.filter(({ identifier }) => identifier !== undefined).length).toBeGreaterThan(10);
      server.closeAllConnections();
      server.close();
    },
    campaignMs,
  );
});

describe('what attachClient is given', () => {
  it(
    'any options are taken, or refused with the name of the wrong one',
    async () => {
      const on = stage();
      const tally = new Tally();
      const value = fc.oneof(
        fc.anything(),
        fc.constantFrom<unknown>('eager', 'lazy', 'pass', canaries.secret),
      );
      const options = fc.oneof(
        fc.anything(),
        fc.dictionary(fc.constantFrom('device', 'authenticate', 'as', 'autenticate'), value),
        fc.record(
          { device: fc.constant(() => undefined), authenticate: value, as: value },
          { requiredKeys: ['device'] },
        ),
      );
      const property = fc.asyncProperty(options, async (given) => {
        try {
          attachClient(on.pass, given as AttachOptions<object>);
          tally.add('taken');
        } catch (error) {
          expect(codeOf(error)).toBe('option_invalid');
          expect((error as Error).message).toMatch(/option|device|authenticate|as must/);
          tally.add('refused');
        }
      });
      await holds(property, 300);
      expect(tally.of('taken')).toBeGreaterThan(2);
      expect(tally.of('refused')).toBeGreaterThan(100);
      await ends(on);
    },
    campaignMs,
  );
});

function bound<Request extends object>(attachment: {
  attach(target: Request, request: ReturnType<typeof inboundRequest>): Promise<void> | undefined;
}): { attach: (target: Request, request: ReturnType<typeof inboundRequest>) => Promise<void> } {
  return { attach: async (target, request) => await attachment.attach(target, request) };
}
