import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deviceIdentifierHeader,
  identifierBytes,
  identifierKey,
  parseDeviceIdentifierHeader,
  validateIdentifier,
} from '../../src/device/identifier.js';
import { isPassError } from '../../src/errors.js';
import { errorOf } from '../errorOf.js';

const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));

describe('identifierKey', () => {
  it('is the same for text and for its bytes', () => {
    for (const text of ['tv', 'Wohnzimmer – größer', '📺', '\uFEFFtv', '\0', '']) {
      expect(identifierKey(utf8(text))).toBe(identifierKey(text));
    }
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        (text) => identifierKey(text) === identifierKey(utf8(text)),
      ),
    );
  });

  it('tells text with a byte order mark from text without', () => {
    expect(identifierKey(utf8('\uFEFFtv'))).not.toBe(identifierKey(utf8('tv')));
  });

  it.each([
    ['a truncated sequence', [0xe2, 0x82]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['a hash', [0x9f, 0x86, 0xd0, 0x81]],
  ])('has a key that no text can have for %s', (_, bytes) => {
    const key = identifierKey(Uint8Array.from(bytes));
    expect(key.isWellFormed()).toBe(false);
    expect(errorOf(() => identifierKey(key))).toMatchObject({ code: 'device_identifier_invalid' });
  });

  it('never is one for two sequences of bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => utf8(text)),
      fc
        .array(fc.constantFrom(0xed, 0xa0, 0x80, 0xef, 0xbb, 0xbf, 0xbd, 0x41), { maxLength: 5 })
        .map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(identifierKey(a) === identifierKey(b)).toBe(Buffer.compare(a, b) === 0);
      }),
      { numRuns: 5_000 },
    );
  });

  it('reads a view of a larger buffer', () => {
    const buffer = utf8('xxtvxx');
    expect(identifierKey(buffer.subarray(2, 4))).toBe('tv');
  });

  it('refuses a lone surrogate, which UTF-8 cannot tell from others', () => {
    expect(errorOf(() => identifierKey('a\uD800'))).toMatchObject({ code: 'device_identifier_invalid' });
    expect(errorOf(() => identifierBytes('a\uD800'))).toMatchObject({ code: 'device_identifier_invalid' });
  });

  it.each([undefined, null, 7, {}, [1], new Uint16Array(2)])('refuses %s', (value) => {
    expect(errorOf(() => identifierKey(value as never))).toMatchObject({ code: 'device_identifier_invalid' });
  });
});

describe('validateIdentifier', () => {
  it.each([
    ['text', 'living-room-tv-7f3c'],
    ['as many bytes as allowed', 'é'.repeat(512)],
    ['bytes', Uint8Array.from([0, 10, 13])],
    ['a Buffer', Buffer.alloc(1_024, 1)],
  ])('accepts %s', (_, identifier) => {
    expect(() => validateIdentifier(identifier)).not.toThrow();
  });

  it.each([
    ['nothing', undefined, 'must be text or a Uint8Array, received undefined'],
    ['null', null, 'received null'],
    ['a number', 7, 'received a number'],
    ['empty text', '', 'must not be empty'],
    ['no bytes', new Uint8Array(), 'must not be empty'],
    ['too many bytes', new Uint8Array(1_025), 'at most 1024 bytes, received 1025'],
    ['text of too many bytes', 'é'.repeat(513), 'at most 1024 bytes, received 1026'],
    ['a line feed', 'hunter2\nx', 'control characters, received some in text of 9 characters'],
    ['a carriage return', 'hunter2\rx', 'control characters'],
    ['a NUL', 'hunter2\0', 'control characters'],
    ['a delete', 'hunter2\u007F', 'control characters'],
    ['a lone surrogate', 'hunter2\uDC00', 'lone surrogate in 8 characters'],
  ])('refuses %s and shows none of it', (_, identifier, message) => {
    const error = errorOf(() => validateIdentifier(identifier));
    expect(error).toMatchObject({ code: 'device_identifier_invalid', status: 400 });
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('hunter2');
  });

  it('throws nothing but a PassError', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          validateIdentifier(value);
        } catch (error) {
          expect(isPassError(error)).toBe(true);
        }
      }),
    );
  });
});

describe('deviceIdentifierHeader', () => {
  it('is the example of the documentation', () => {
    expect(deviceIdentifierHeader('living-room-tv-7f3c')).toBe('fingerprint bGl2aW5nLXJvb20tdHYtN2YzYw==');
  });

  it('refuses what validateIdentifier refuses', () => {
    expect(errorOf(() => deviceIdentifierHeader('a\r\nb'))).toMatchObject({
      code: 'device_identifier_invalid',
    });
  });

  it('is read back as the same device, whatever the bytes', () => {
    const identifiers = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    );
    fc.assert(
      fc.property(identifiers, (identifier) => {
        let header: string;
        try {
          header = deviceIdentifierHeader(identifier);
        } catch (error) {
          expect(isPassError(error)).toBe(true);
          return;
        }
        expect(header).toMatch(/^fingerprint [A-Za-z0-9+/]+={0,2}$/);
        const parsed = parseDeviceIdentifierHeader(header);
        expect(identifierKey(parsed)).toBe(identifierKey(identifier));
        expect(deviceIdentifierHeader(parsed)).toBe(header);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('parseDeviceIdentifierHeader', () => {
  it.each([
    'fingerprint w7/Dv8O/fg==',
    '  fingerprint \t w7/Dv8O/fg==  ',
    'Fingerprint w7/Dv8O/fg==',
    'FINGERPRINT w7/Dv8O/fg',
    'fingerprint w7_Dv8O_fg',
    'fingerprint w7_Dv8O/fg==',
    'fingerprint w7/Dv8O/fh==',
  ])('reads the same device from %j', (header) => {
    expect(parseDeviceIdentifierHeader(header)).toBe('ÿÿÿ~');
  });

  it('gives bytes where they are no printable text', () => {
    expect(parseDeviceIdentifierHeader('fingerprint AP8=')).toEqual(Uint8Array.from([0, 255]));
    expect(parseDeviceIdentifierHeader('fingerprint YQpi')).toEqual(Uint8Array.from([97, 10, 98]));
  });

  it('takes the longest identifier', () => {
    const longest = new Uint8Array(1_024).fill(255);
    expect(parseDeviceIdentifierHeader(deviceIdentifierHeader(longest))).toEqual(longest);
  });

  it.each([
    ['nothing', ''],
    ['no value', 'fingerprint'],
    ['an empty value', 'fingerprint '],
    ['no type', 'aHVudGVyMg=='],
    ['another type', 'serial aHVudGVyMg=='],
    ['no space', 'fingerprintaHVudGVyMg=='],
    ['two values', 'fingerprint aHVudGVyMg==, fingerprint aHVudGVyMg=='],
    ['a space inside', 'fingerprint aHVu dGVyMg=='],
    ['percent encoding', 'fingerprint aHVudGVyMg%3D%3D'],
    ['half of the padding', 'fingerprint aHVudGVyMg='],
    ['padding that is not due', 'fingerprint aHVudGVy='],
    ['too much padding', 'fingerprint aHVudGVyMg==='],
    ['an impossible length', 'fingerprint aHVud'],
    ['a line break', 'fingerprint aHVudGVyMg==\r\n'],
    ['an identifier too long', `fingerprint ${Buffer.alloc(1_025).toString('base64')}`],
    ['a header too long', `fingerprint ${' '.repeat(2_048)}aHVu`],
  ])('refuses %s and shows none of it', (_, header) => {
    const error = errorOf(() => parseDeviceIdentifierHeader(header));
    expect(error).toMatchObject({ code: 'device_identifier_invalid' });
    expect(error.message).not.toMatch(/aHVu|hunter2/);
  });

  it('throws nothing but a PassError', () => {
    const values = fc.oneof(
      fc.anything(),
      fc.string().map((text) => `fingerprint ${text}`),
      fc.base64String().map((text) => `fingerprint ${text}`),
    );
    fc.assert(
      fc.property(values, (value) => {
        try {
          validateIdentifier(parseDeviceIdentifierHeader(value as string));
        } catch (error) {
          expect(isPassError(error)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
