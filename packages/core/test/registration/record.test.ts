import { describe, expect, it } from 'vitest';
import {
  parseCredentialsRecord,
  parseLeaseRecord,
  parseTokenRecord,
  storedCredentials,
  storedLease,
  storedToken,
  type CredentialsRecord,
  type LeaseRecord,
  type TokenRecord,
} from '../../src/registration/record.js';

// These shapes lie in caches: a version that reads them no longer signs viewers out.
const storedPair = { i: 'id', s: 'secret', a: 1_700_000_000_000, f: 'statement', g: 1 };
const pair: CredentialsRecord = {
  clientId: 'id',
  clientSecret: 'secret',
  registeredAt: 1_700_000_000_000,
  statement: 'statement',
  boundAt: null,
  signedInAt: null,
  generation: 1,
  earlier: [],
};
const storedReplacement = {
  ...storedPair,
  i: 'new',
  g: 2,
  b: 1_700_000_100_000,
  e: [{ ...storedPair, n: 1_700_000_200_000 }],
};
const replacement: CredentialsRecord = {
  clientId: 'new',
  clientSecret: 'secret',
  registeredAt: 1_700_000_000_000,
  statement: 'statement',
  boundAt: 1_700_000_100_000,
  signedInAt: null,
  generation: 2,
  earlier: [
    {
      clientId: 'id',
      clientSecret: 'secret',
      registeredAt: 1_700_000_000_000,
      statement: 'statement',
      boundAt: null,
      signedInAt: 1_700_000_200_000,
      generation: 1,
    },
  ],
};

const tokenInStore = { i: 'id', t: 'token', a: 1_000, x: 2_000 };
const token: TokenRecord = {
  clientId: 'id',
  accessToken: 'token',
  issuedAt: 1_000,
  expiresAt: 2_000,
};

type Row = [name: string, value: unknown];

const noRecord: readonly Row[] = [
  ['null', null],
  ['nothing', undefined],
  ['text', 'text'],
  ['a number', 1],
  ['an empty object', {}],
];

const wrongTexts: readonly unknown[] = ['', 1, null, undefined];
const wrongInstants: readonly unknown[] = [Number.NaN, Number.POSITIVE_INFINITY, '1', null, undefined];
const wrongGenerations: readonly unknown[] = [0, -1, 1.5, '1', null, undefined];

/** A row for each of `values` as the member `name` of `whole`. */
function withMember(whole: object, name: string, values: readonly unknown[]): [string, unknown, unknown][] {
  return values.map((value) => [name, value, { ...whole, [name]: value }]);
}

describe('credentials', () => {
  it.each([
    ['a first pair', pair, storedPair],
    ['a replacement with the pair it replaced', replacement, storedReplacement],
    ['a pair of an empty fingerprint', { ...pair, statement: '' }, { ...storedPair, f: '' }],
  ])('are stored and found again: %s', (_name, record, inStore) => {
    expect(storedCredentials(record)).toEqual(inStore);
    expect(parseCredentialsRecord(inStore)).toEqual(record);
  });

  it.each<Row>([...noRecord, ['a list', Object.assign([], storedPair)]])('are not %s', (_name, value) => {
    expect(parseCredentialsRecord(value)).toBeNull();
  });

  it.each([
    ...withMember(storedPair, 'i', wrongTexts),
    ...withMember(storedPair, 's', wrongTexts),
    ...withMember(storedPair, 'a', wrongInstants),
    ...withMember(storedPair, 'f', [1, null, undefined]),
    ...withMember(storedPair, 'g', wrongGenerations),
    ...withMember(storedPair, 'b', [Number.NaN, '1', null]),
    ...withMember(storedPair, 'n', [Number.NaN, '1', null]),
    ...withMember(storedReplacement, 'e', [null, 'text', {}, [null], [{ ...storedPair, s: '' }]]),
  ])('are unknown in their shape if %s is %j', (_name, _value, inStore) => {
    expect(parseCredentialsRecord(inStore)).toBeNull();
  });
});

describe('a token', () => {
  it('is stored and found again', () => {
    expect(storedToken(token)).toEqual(tokenInStore);
    expect(parseTokenRecord(tokenInStore)).toEqual(token);
  });

  it.each<Row>([...noRecord, ['a list', Object.assign([], tokenInStore)]])('is not %s', (_name, value) => {
    expect(parseTokenRecord(value)).toBeNull();
  });

  it.each([
    ...withMember(tokenInStore, 'i', wrongTexts),
    ...withMember(tokenInStore, 't', wrongTexts),
    ...withMember(tokenInStore, 'a', wrongInstants),
    ...withMember(tokenInStore, 'x', wrongInstants),
  ])('is unknown in its shape if %s is %j', (_name, _value, inStore) => {
    expect(parseTokenRecord(inStore)).toBeNull();
  });

  it.each([1_000, 999])('that expires no later than it was issued is none: %i', (expiresAt) => {
    expect(parseTokenRecord({ ...tokenInStore, x: expiresAt })).toBeNull();
  });
});

describe('a lease', () => {
  const work: LeaseRecord = { kind: 'work', until: 5_000, forMs: 5_000, code: null };
  const cooldown: LeaseRecord = { kind: 'cooldown', until: 5_000, forMs: 5_000, code: 'upstream_throttled' };

  it.each([
    [work, { k: 'work', u: 5_000, d: 5_000 }],
    [cooldown, { k: 'cooldown', u: 5_000, d: 5_000, c: 'upstream_throttled' }],
  ])('is stored and found again: $kind', (lease, inStore) => {
    expect(storedLease(lease)).toEqual(inStore);
    expect(parseLeaseRecord(inStore)).toEqual(lease);
  });

  it.each<Row>([...noRecord, ['a list', Object.assign([], { k: 'work', u: 5_000, d: 5_000 })]])(
    'is not %s',
    (_name, value) => {
      expect(parseLeaseRecord(value)).toBeNull();
    },
  );

  it.each([
    ...withMember({ k: 'work', u: 5_000, d: 5_000 }, 'k', ['', 'rest', null, undefined]),
    ...withMember({ k: 'work', u: 5_000, d: 5_000 }, 'u', wrongInstants),
    ...withMember({ k: 'work', u: 5_000, d: 5_000 }, 'd', wrongInstants),
  ])('is unknown in its shape if %s is %j', (_name, _value, inStore) => {
    expect(parseLeaseRecord(inStore)).toBeNull();
  });

  it.each(['', 1, null])('whose code is %j has none', (code) => {
    expect(parseLeaseRecord({ k: 'cooldown', u: 5_000, d: 5_000, c: code })).toEqual({
      ...cooldown,
      code: null,
    });
  });
});
