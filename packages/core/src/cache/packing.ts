/*
 * Values as few bytes, one after the other, without names. Whoever reads them knows their order.
 *
 * - An integer is a varint: seven bits to a byte, the lowest first, the eighth says that more follow.
 * - A number is the varint of twice itself where it is an integer of at least 0, as nearly all are; else the byte 1 and the
 *   eight of a double.
 * - A text is the varint of four times its length, plus its form, and then: a UUID as its 16 bytes; what uses the alphabet
 *   of base64url only, six bits to a character; everything else as UTF-8; what UTF-8 cannot say, as UTF-16.
 */

const textForm = { utf8: 0, uuid: 1, base64url: 2, utf16: 3 } as const;
const forms = 4;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const base64urlOnly = /^[A-Za-z0-9_-]+$/;

const largestDoubled = Number.MAX_SAFE_INTEGER / 2;

export class ByteWriter {
  readonly #bytes: number[] = [];

  byte(value: number): this {
    this.#bytes.push(value);
    return this;
  }

  /** `value`: a safe integer of at least 0. */
  integer(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes.push((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes.push(rest);
    return this;
  }

  /** Any number, not only the instants that clocks tell: what is read is equal to what was written. */
  number(value: number): this {
    const isPlain = Number.isInteger(value) && value >= 0 && value < largestDoubled && !Object.is(value, -0);
    if (isPlain) return this.integer(value * 2);
    const double = Buffer.alloc(8);
    double.writeDoubleBE(value);
    return this.byte(1).bytes(double);
  }

  text(value: string): this {
    if (uuid.test(value))
      return this.integer(textForm.uuid).bytes(Buffer.from(value.replaceAll('-', ''), 'hex'));
    if (base64urlOnly.test(value)) {
      // The last character may begin a byte that the others do not need: `A` is six zeros.
      const packed = Buffer.from(`${value}AAA`, 'base64url').subarray(0, Math.ceil((value.length * 6) / 8));
      return this.integer(value.length * forms + textForm.base64url).bytes(packed);
    }
    const utf8 = Buffer.from(value, 'utf8');
    const isWhole = utf8.toString('utf8') === value;
    const encoded = isWhole ? utf8 : Buffer.from(value, 'utf16le');
    const form = isWhole ? textForm.utf8 : textForm.utf16;
    return this.integer(encoded.length * forms + form).bytes(encoded);
  }

  bytes(value: Uint8Array): this {
    for (const byte of value) this.#bytes.push(byte);
    return this;
  }

  end(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Reads what `ByteWriter` wrote. Every method throws `RangeError` for bytes that it did not write. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    return this.bytes(1).readUInt8(0);
  }

  integer(): number {
    let value = 0;
    for (let scale = 1; scale <= Number.MAX_SAFE_INTEGER; scale *= 0x80) {
      const byte = this.byte();
      value += (byte % 0x80) * scale;
      if (value > Number.MAX_SAFE_INTEGER) break;
      if (byte < 0x80) return value;
    }
    throw new RangeError('an integer is too large');
  }

  number(): number {
    const doubled = this.integer();
    if (doubled % 2 === 0) return doubled / 2;
    if (doubled !== 1) throw new RangeError('a number is of no known form');
    return this.bytes(8).readDoubleBE(0);
  }

  text(): string {
    const head = this.integer();
    const length = Math.floor(head / forms);
    switch ((head % forms) as (typeof textForm)[keyof typeof textForm]) {
      case textForm.utf8:
        return this.bytes(length).toString('utf8');
      case textForm.uuid:
        return this.bytes(16)
          .toString('hex')
          .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
      case textForm.base64url:
        return base64urlText(this.bytes(Math.ceil((length * 6) / 8)), length);
      case textForm.utf16:
        return this.bytes(length).toString('utf16le');
    }
  }

  bytes(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('the bytes end too soon');
    const found = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return found;
  }
}

/** A text of its own: a slice of a longer one would keep that alive, for each of a million devices. */
function base64urlText(packed: Buffer, length: number): string {
  return Buffer.from(packed.toString('base64url'), 'latin1').toString('latin1', 0, length);
}
