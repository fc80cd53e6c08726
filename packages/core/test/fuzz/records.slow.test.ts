import assert from 'node:assert/strict';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { watchEvents } from './canaries.js';
import { campaignMs, holds, runs, Tally, watchUnhandled } from './runs.js';
import { device, endOf, ends, recovers, stage, type Stage } from './stage.js';
import { SteppedClock } from './SteppedClock.js';
import { encodeLease } from '../../src/session/recordCodec.js';
import {
  keys,
  OpenCache,
  opened,
  otherIdentifier,
  sealed,
  sealedByStranger,
  type KeyName,
} from './stored.js';

watchUnhandled();

/** What the cache holds after two devices have been served. Leases, statements and addresses are added by hand. */
const whole: Map<string, string> = new Map();
const now = new SteppedClock().now();

beforeAll(async () => {
  const clock = new SteppedClock();
  const cache = new OpenCache(clock);
  const on = stage({ cache }, clock);
  for (const who of [device, { ...device, identifier: otherIdentifier }])
    assert.equal(await endOf(on, on.pass.client(who).accessToken()), 'answered');
  await ends(on);
  for (const [key, value] of cache.entries) whole.set(key, value);
  const lease = { kind: 'work', until: now + 5_000, forMs: 5_000, code: null } as const;
  whole.set(keys.lease, sealed(keys.lease, encodeLease(lease)));
  whole.set(
    keys.statement,
    sealed(keys.statement, {
      r: 1,
      f: true,
      e: 'invalid_software_statement',
      u: now + 10_000,
      d: 15_000,
    }),
  );
  whole.set(keys.address, sealed(keys.address, { u: now + 1_000 }));
  assert(Object.values(keys).every((key) => whole.has(key)));
});

function stored(key: KeyName): string {
  const value = whole.get(keys[key]);
  if (value === undefined) throw new Error(key);
  return value;
}

function inside(key: KeyName): Buffer {
  return opened(keys[key], stored(key));
}

const keyNames = Object.keys(keys) as KeyName[];

const versions = fc.constantFrom(
  'e0.',
  'e1.',
  'e3.',
  'e20.',
  'e02.',
  'e2',
  'e-2.',
  'E2.',
  '.e2.',
  'e2..',
  'e99999999999.',
);

/** What stands where the record of `key` stood; never the record itself. */
const damages: fc.Arbitrary<(key: KeyName) => string> = fc.oneof(
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 127 })).map(([at, bits]) => (key: KeyName) => {
    const bytes = Buffer.from(stored(key));
    bytes.writeUInt8(bytes.readUInt8(at % bytes.length) ^ bits, at % bytes.length);
    return bytes.toString('latin1');
  }),
  fc.nat().map((at) => (key: KeyName) => stored(key).slice(0, at % stored(key).length)),
  fc
    .tuple(fc.nat(), fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }))
    .map(([at, text]) => (key: KeyName) => {
      const place = at % (stored(key).length + 1);
      return `${stored(key).slice(0, place)}${text}${stored(key).slice(place)}`;
    }),
  fc.nat().map((at) => (key: KeyName) => {
    const others = keyNames.filter((other) => other !== key);
    return stored(others[at % others.length] ?? 'meta');
  }),
  versions.map((version) => (key: KeyName) => stored(key).replace(/^e2\./, version)),
  fc.constant((key: KeyName) => sealedByStranger(keys[key], { any: 'thing' })),
  fc
    .constantFrom(
      '',
      ' ',
      'null',
      '{}',
      '[]',
      'e2.',
      'e2.AAAA',
      'e2.AAAAAAAAAAAA',
      'e1.AAAAAAAA.AAAA',
      'x'.repeat(20_000),
    )
    .map((text) => () => text),
  fc.string({ unit: 'binary' }).map((text) => () => text),
);

/** What was sealed with the right secret at the right place, by another version of this library. */
const contents: fc.Arbitrary<(key: KeyName) => string> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }).map((value) => (key: KeyName) => sealed(keys[key], JSON.stringify(value))),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => (key: KeyName) => sealed(keys[key], bytes)),
  fc
    .uint8Array({ maxLength: 200 })
    .map((bytes) => (key: KeyName) => sealed(keys[key], Buffer.concat([inside(key).subarray(0, 1), bytes]))),
  fc.nat().map((at) => (key: KeyName) => {
    const bytes = inside(key);
    return sealed(keys[key], bytes.subarray(0, at % bytes.length));
  }),
  fc
    .constantFrom([1, 0], [3, 2, 7, 7], [5])
    .map((section) => (key: KeyName) => sealed(keys[key], Buffer.from([...inside(key), ...section]))),
  fc.integer({ min: 1, max: 255 }).map((more) => (key: KeyName) => {
    const bytes = inside(key);
    bytes.writeUInt8((bytes.readUInt8(0) + more) % 256, 0);
    return sealed(keys[key], bytes);
  }),
  fc
    .constantFrom('', 'nonsense', '{"i":"a"', '[[', '\u0000')
    .map((text) => (key: KeyName) => sealed(keys[key], text)),
  fc
    .dictionary(
      fc.constantFrom(
        'i',
        's',
        'a',
        'f',
        'g',
        'p',
        't',
        'x',
        'k',
        'u',
        'c',
        'e',
        'r',
        'd',
        'schema',
        'nameKeyId',
        '__proto__',
      ),
      fc.oneof(
        fc.constantFrom<unknown>(
          null,
          '',
          'a',
          0,
          1,
          -1,
          1.5,
          2 ** 53,
          1e300,
          now,
          now + 1_000,
          [],
          {},
          true,
          'work',
        ),
        fc.jsonValue({ maxDepth: 1 }),
      ),
    )
    .map((value) => (key: KeyName) => sealed(keys[key], JSON.stringify(value))),
);

const known = fc.constantFrom<KeyName[]>('credentials', 'token', 'lease', 'meta', 'statement', 'address');

/** As this library writes them; what is damaged expires like what is whole. */
const lifeMs: Partial<Record<KeyName, number>> = {
  token: 21_600_000,
  othersToken: 21_600_000,
  lease: 5_000,
  statement: 2_592_000_000,
  address: 1_000,
};

interface Opened extends Stage {
  put(key: KeyName, value: string): void;
  /** As `put`, for ever. */
  keep(key: KeyName, value: string): void;
}

function over(present: readonly KeyName[]): Opened {
  const clock = new SteppedClock();
  const cache = new OpenCache(clock);
  const put = (key: KeyName, value: string): void => cache.put(keys[key], value, lifeMs[key] ?? null);
  for (const key of present) put(key, stored(key));
  const keep = (key: KeyName, value: string): void => cache.put(keys[key], value, null);
  return { ...stage({ cache }, clock), put, keep };
}

describe('a record that is not what was stored', () => {
  it(
    'costs no known device its pair: it is served, or told why not, and served when the record is back',
    async () => {
      watchEvents();
      const tally = new Tally();
      const property = fc.asyncProperty(
        known,
        fc.oneof({ weight: 3, arbitrary: damages }, { weight: 1, arbitrary: contents }),
        async (key, damage) => {
          const value = damage(key);
          fc.pre(value !== stored(key));
          const on = over(['credentials', 'token', 'meta']);
          on.put(key, value);
          const end = await endOf(on, on.pass.client(device).accessToken());
          tally.add(`${key} ${end}`);
          if (key === 'credentials' && end !== 'answered')
            expect(['cache_record_unreadable', 'token_refused']).toContain(end);
          expect(on.upstream.count('register')).toBe(0);
          if (key === 'credentials') on.put('credentials', stored('credentials'));
          await recovers(on);
          expect(on.upstream.count('register')).toBe(0);
        },
      );
      await holds(property, 400);
      tally.report('known device');
      expect(tally.of('credentials cache_record_unreadable')).toBeGreaterThan(5);
      for (const key of ['token', 'lease', 'meta', 'statement', 'address'])
        expect(tally.of(`${key} answered`)).toBeGreaterThan(5);
    },
    campaignMs,
  );

  it(
    'makes no unknown device register twice, and none at all under a foreign key space',
    async () => {
      watchEvents();
      const tally = new Tally();
      const property = fc.asyncProperty(
        known.filter((key) => key !== 'credentials'),
        fc.oneof({ weight: 3, arbitrary: damages }, { weight: 1, arbitrary: contents }),
        async (key, damage) => {
          const value = damage(key);
          fc.pre(value !== stored(key));
          const on = over(['meta']);
          on.put(key, value);
          const end = await endOf(on, on.pass.client(device).accessToken());
          tally.add(`${key} ${end}`);
          expect(on.upstream.count('register')).toBeLessThanOrEqual(1);
          if (key === 'meta') {
            expect(['secret_mismatch', 'cache_format_unsupported']).toContain(end);
            expect(on.upstream.count('register')).toBe(0);
          }
          on.put('meta', stored('meta'));
          await recovers(on);
          expect(on.upstream.count('register')).toBe(1);
        },
      );
      await holds(property, 300);
      tally.report('unknown device');
      expect(tally.of('meta secret_mismatch')).toBeGreaterThan(3);
      expect(tally.of('meta cache_format_unsupported')).toBeGreaterThan(0);
      expect(tally.of('statement answered')).toBeGreaterThan(3);
    },
    campaignMs,
  );

  it('of any kind opens under no other key', async () => {
    watchEvents();
    let copies = 0;
    for (const from of keyNames) {
      for (const to of keyNames.filter((name) => name !== from)) {
        const on = over(keyNames);
        on.put(to, stored(from));
        await endOf(on, on.pass.client(device).accessToken());
        expect(on.upstream.count('register')).toBe(0);
        const used = on.upstream.sent
          .filter(({ path }) => path === '/o/client/token')
          .map(({ body }) => body);
        for (const body of used) expect(body).toContain('client_id=client-1&');
        await ends(on);
        copies += 1;
      }
    }
    expect(copies).toBe(56);
  });

  it('that is a lease nobody gives back: the device is told in time', async () => {
    const on = over(['meta']);
    on.keep('lease', stored('lease'));
    expect(await endOf(on, on.pass.client(device).accessToken())).toBe('deadline_exceeded');
    expect(on.upstream.sent).toEqual([]);
    await ends(on);
  });

  it(
    'of the credentials, changed in any one character or cut off after it, is unreadable and never absent',
    async () => {
      watchEvents();
      const text = stored('credentials');
      const every = Math.max(1, Math.round(3 / runs(1)));
      let seen = 0;
      for (let at = 0; at < text.length; at += every) {
        const other = text[at] === 'A' ? 'B' : 'A';
        for (const value of [text.slice(0, at), `${text.slice(0, at)}${other}${text.slice(at + 1)}`]) {
          const on = over(['meta']);
          on.put('credentials', value);
          expect(await endOf(on, on.pass.client(device).accessToken())).toBe('cache_record_unreadable');
          expect(on.upstream.sent).toEqual([]);
          await ends(on);
          seen += 1;
        }
      }
      expect(seen).toBeGreaterThan(60);
    },
    campaignMs,
  );
});
