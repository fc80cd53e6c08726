import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CredentialsRecord, LeaseRecord, TokenRecord } from '../../src/registration/record.js';
import {
  decodeCredentials,
  decodeForgotten,
  decodeLease,
  decodeToken,
  encodeCredentials,
  encodeForgotten,
  encodeLease,
  encodeToken,
} from '../../src/session/recordCodec.js';
import { aCredentialsRecord, aLeaseRecord, aTokenRecord } from './records.js';
import vectors from './recordVectors.json' with { type: 'json' };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const fromHex = (bytes: string): Uint8Array => Buffer.from(bytes, 'hex');

const pair: CredentialsRecord = {
  clientId: '01234567-89ab-cdef-0123-456789abcdef',
  clientSecret: 'fedcba98-7654-3210-fedc-ba9876543210',
  registeredAt: 1_764_500_000_000,
  statement: 'NGescAAullidcHbnoWpt04',
  boundAt: 1_764_500_100_000,
  signedInAt: 1_764_500_200_000,
  signedOutAt: null,
  generation: 1,
  earlier: [],
};
const token: TokenRecord = { clientId: 'id', accessToken: 'a token', issuedAt: 1_000, expiresAt: 2_000 };
const lease: LeaseRecord = { kind: 'cooldown', until: 6_000, forMs: 5_000, code: 'upstream_throttled' };

// These bytes lie in caches: a version that reads them no longer signs viewers out.
describe('the bytes of a record', () => {
  it.each(vectors.credentials)('are frozen: credentials, $about', ({ bytes, record }) => {
    expect(hex(encodeCredentials(record))).toBe(bytes);
    expect(decodeCredentials(fromHex(bytes))).toEqual(record);
  });

  it.each(vectors.tokens)('are frozen: a token, $about', ({ bytes, record }) => {
    expect(hex(encodeToken(record))).toBe(bytes);
    expect(decodeToken(fromHex(bytes))).toEqual(record);
  });

  it.each(vectors.leases)('are frozen: a lease, $about', ({ bytes, record }) => {
    expect(hex(encodeLease(record as LeaseRecord))).toBe(bytes);
    expect(decodeLease(fromHex(bytes))).toEqual(record);
  });

  it('are frozen: the mark of a device that was forgotten', () => {
    expect(hex(encodeForgotten(300))).toBe('41ac02');
    expect(decodeForgotten(fromHex('41ac02'))).toBe(300);
    expect(decodeForgotten(fromHex('41ac020200'))).toBe(300);
    for (const other of ['', '41', '42ac02', '41ac020100', '11ac02'])
      expect(decodeForgotten(fromHex(other))).toBeNull();
    expect(decodeCredentials(fromHex('41ac02'))).toBeNull();
  });

  it('are 73 for a pair of UUIDs with both marks', () => {
    expect(encodeCredentials(pair)).toHaveLength(73);
  });

  it('fit into what a cache takes with three earlier pairs and a full journal', () => {
    const full = encodeCredentials({ ...pair, earlier: [pair, pair, pair] });
    const journal = 8 * 48;
    expect(((full.length + journal + 28) * 4) / 3).toBeLessThan(1_024);
  });
});

describe('a record', () => {
  it('comes back as it was: credentials', () => {
    fc.assert(
      fc.property(aCredentialsRecord, (record) => {
        expect(decodeCredentials(encodeCredentials(record))).toEqual(record);
      }),
    );
  });

  it('comes back as it was: a token', () => {
    fc.assert(
      fc.property(aTokenRecord, (record) => {
        expect(decodeToken(encodeToken(record))).toEqual(record);
      }),
    );
  });

  it('comes back as it was: a lease with the code of Adobe Pass', () => {
    const said: LeaseRecord = { ...lease, adobeCode: 'invalid_redirect_uri' };
    expect(decodeLease(encodeLease(said))).toEqual(said);
  });

  it('comes back as it was: a lease', () => {
    fc.assert(
      fc.property(aLeaseRecord, (record) => {
        expect(decodeLease(encodeLease(record))).toEqual(record);
      }),
    );
  });

  it('comes back as it was, though its marks lie in the future', () => {
    const ahead = { ...pair, boundAt: 8_640_000_000_000_000, signedInAt: 8_640_000_000_000_000 };
    expect(decodeCredentials(encodeCredentials(ahead))).toEqual(ahead);
  });

  it('is read in spite of a section that may be lost, which it then is', () => {
    const written = encodeCredentials(pair);
    const journal = fromHex('0403aabbcc');
    const read = decodeCredentials(Buffer.concat([written, journal, fromHex('0200')]));
    expect(read).toEqual(pair);
    expect(encodeCredentials(read ?? pair)).toEqual(written);
    expect(decodeToken(Buffer.concat([encodeToken(token), fromHex('020101')]))).toEqual(token);
    expect(decodeLease(Buffer.concat([encodeLease(lease), fromHex('020101')]))).toEqual(lease);
  });
});

describe('no record', () => {
  const credentials = encodeCredentials(pair);
  const kinds = [
    ['credentials', decodeCredentials, credentials],
    ['a token', decodeToken, encodeToken(token)],
    ['a lease', decodeLease, encodeLease(lease)],
  ] as const;

  it.each(kinds)('is what another kind was written as: %s', (name, decode) => {
    for (const [, , bytes] of kinds.filter(([other]) => other !== name)) expect(decode(bytes)).toBeNull();
  });

  it.each(kinds)('is what a later layout was written as: %s', (_name, decode, bytes) => {
    expect(decode(Buffer.concat([Uint8Array.of((bytes[0] ?? 0) + 1), bytes.subarray(1)]))).toBeNull();
  });

  it.each(kinds)('is what has a section that changes its meaning: %s', (_name, decode, bytes) => {
    expect(decode(Buffer.concat([bytes, fromHex('0300')]))).toBeNull();
  });

  it.each(kinds)('is what the format of before was written as: %s', (_name, decode) => {
    expect(decode(Buffer.from('{"i":"id","s":"secret","a":1,"f":"","g":1}'))).toBeNull();
  });

  it.each(kinds)('is what is cut short anywhere: %s', (_name, decode, bytes) => {
    for (let length = 0; length < bytes.length; length += 1)
      expect(decode(bytes.subarray(0, length))).toBeNull();
  });

  it.each(kinds)('are any bytes, and none is thrown at: %s', (_name, decode, bytes) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (random, begins) => {
        const read = decode(begins ? Buffer.concat([bytes.subarray(0, 1), random]) : random);
        expect(read === null || typeof read === 'object').toBe(true);
      }),
    );
  });

  it.each([
    ['client id', { ...pair, clientId: '' }],
    ['client secret', { ...pair, clientSecret: '' }],
    ['generation', { ...pair, generation: 0 }],
    ['instant of registration', { ...pair, registeredAt: Number.NaN }],
    ['finite mark', { ...pair, signedInAt: Number.POSITIVE_INFINITY }],
    ['client id in an earlier pair', { ...pair, earlier: [{ ...pair, clientId: '' }] }],
  ])('are credentials without a %s', (_name, record) => {
    expect(decodeCredentials(encodeCredentials(record))).toBeNull();
  });

  it('are credentials with a flag that is not known', () => {
    expect(decodeCredentials(Buffer.concat([fromHex('110f'), credentials.subarray(2)]))).toBeNull();
  });

  it.each([
    ['no client id', { ...token, clientId: '' }],
    ['no text', { ...token, accessToken: '' }],
    ['no instant of issue', { ...token, issuedAt: Number.NaN }],
    ['an end before its beginning', { ...token, expiresAt: 1_000 }],
  ])('is a token of %s', (_name, record) => {
    expect(decodeToken(encodeToken(record))).toBeNull();
  });

  it('is a lease of an unknown kind', () => {
    expect(decodeLease(Buffer.concat([fromHex('3102'), encodeLease(lease).subarray(2)]))).toBeNull();
  });
});
