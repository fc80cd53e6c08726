import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/cache/packing.js';

const hex = (writer: ByteWriter): string => Buffer.from(writer.end()).toString('hex');
const reader = (bytes: string): ByteReader => new ByteReader(Buffer.from(bytes, 'hex'));
const uuid = '01234567-89ab-cdef-0123-456789abcdef';

// These bytes lie in caches: what reads them no longer signs viewers out.
describe('what is packed', () => {
  it.each([
    [0, '00'],
    [127, '7f'],
    [128, '8001'],
    [Number.MAX_SAFE_INTEGER, 'ffffffffffffff0f'],
  ])('is frozen: the integer %d', (value, bytes) => {
    expect(hex(new ByteWriter().integer(value))).toBe(bytes);
    expect(reader(bytes).integer()).toBe(value);
  });

  it.each([
    [0, '00'],
    [1, '02'],
    [1_700_000_000_000, '80a0abfef962'],
    [-1, '01bff0000000000000'],
    [0.5, '013fe0000000000000'],
    [2 ** 52 - 1, 'feffffffffffff0f'],
    [2 ** 52, '014330000000000000'],
    [-0, '018000000000000000'],
    [2 ** 53, '014340000000000000'],
  ])('is frozen: the number %d', (value, bytes) => {
    expect(hex(new ByteWriter().number(value))).toBe(bytes);
    expect(reader(bytes).number()).toBe(value);
  });

  it.each([
    ['', '00'],
    ['plain text', '28706c61696e2074657874'],
    ['ü', '08c3bc'],
    [uuid, '010123456789abcdef0123456789abcdef'],
    ['abcd', '1269b71d'],
    ['abcde', '1669b71d78'],
    ['abcdef', '1a69b71d79f0'],
    ['abcdefg', '1e69b71d79f800'],
    ['\uD800', '0b00d8'],
  ])('is frozen: the text %j', (value, bytes) => {
    expect(hex(new ByteWriter().text(value))).toBe(bytes);
    expect(reader(bytes).text()).toBe(value);
  });

  it('takes 16 bytes and one for a UUID, 17 and one for 22 characters of base64url', () => {
    expect(new ByteWriter().text(uuid).end()).toHaveLength(17);
    expect(new ByteWriter().text('NGescAAullidcHbnoWpt04').end()).toHaveLength(18);
  });

  it.each([uuid.toUpperCase(), uuid.replaceAll('-', ''), `${uuid}0`, `{${uuid}}`])(
    'comes back as it was, though it is nearly a UUID: %s',
    (text) => {
      expect(new ByteReader(new ByteWriter().text(text).end()).text()).toBe(text);
    },
  );
});

const aText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary-ascii' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.uuid(),
  fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
);

describe('values one after the other', () => {
  it('come back as they were', () => {
    const value = fc.oneof(
      fc.record({ kind: fc.constant('integer' as const), value: fc.maxSafeNat() }),
      fc.record({
        kind: fc.constant('number' as const),
        value: fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger()),
      }),
      fc.record({ kind: fc.constant('text' as const), value: aText }),
    );
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const writer = new ByteWriter();
        for (const each of values) {
          if (each.kind === 'text') writer.text(each.value);
          else if (each.kind === 'number') writer.number(each.value);
          else writer.integer(each.value);
        }
        const bytes = new ByteReader(writer.end());
        for (const { kind, value: written } of values) expect(bytes[kind]()).toBe(written);
        expect(bytes.isAtEnd).toBe(true);
      }),
    );
  });

  it('are read from the middle of a larger memory', () => {
    const whole = Buffer.concat([
      Buffer.from('before'),
      new ByteWriter().text('x y').end(),
      Buffer.from('after'),
    ]);
    expect(new ByteReader(whole.subarray(6, -5)).text()).toBe('x y');
  });
});

it('the end is where nothing is left', () => {
  const two = reader('0102');
  expect(two.isAtEnd).toBe(false);
  two.byte();
  expect(two.isAtEnd).toBe(false);
  two.byte();
  expect(two.isAtEnd).toBe(true);
  expect(reader('').isAtEnd).toBe(true);
});

describe('bytes that nobody wrote', () => {
  it.each([
    ['an integer that does not end', 'ff', 'integer'],
    ['an integer beyond the safe ones', 'ffffffffffffff1f', 'integer'],
    ['an integer of too many bytes', '808080808080808000', 'integer'],
    ['a number of an unknown form', '03', 'number'],
    ['a number of an unknown form, with what could be a double behind it', '03bff0000000000000', 'number'],
    ['half a double', '01bff00000', 'number'],
    ['a text that is cut short', '2870', 'text'],
    ['half a UUID', '0101234567', 'text'],
    ['a text of an endless length', 'feffffffffffff0f', 'text'],
    ['nothing', '', 'byte'],
  ] as const)('are refused: %s', (_name, bytes, kind) => {
    expect(() => reader(bytes)[kind]()).toThrow(RangeError);
  });
});
