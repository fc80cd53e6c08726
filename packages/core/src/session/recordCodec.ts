import { nameOfThrown } from '../errorShape.js';
import { ByteReader, ByteWriter } from '../cache/packing.js';
import type { CredentialsRecord, EarlierPair, LeaseRecord, TokenRecord } from '../registration/record.js';

/*
 * The records of a device as they lie in the cache, before they are sealed. Packed, because millions of them do; `packing.ts`
 * says how an integer, a number and a text are written.
 *
 *   credentials  0x11, pair, sections: 1, the earlier pairs
 *   a pair       flags (1: a `boundAt` follows; 2: a `signedInAt`; 4: a `signedOutAt`), client id, client secret, statement, `registeredAt`,
 *                the marks, generation
 *   forgotten    0x41, generation, sections: stands where credentials stood
 *   token        0x21, client id, access token, `issuedAt`, `expiresAt`, sections
 *   lease        0x31, kind (0 work, 1 cooldown), `until`, `forMs`, code (empty: none), sections
 *
 * The first byte is the kind of the record and, in its lower half, the version of its layout. A section is a tag, a length
 * and so many bytes, up to the end. It is how a later version adds something:
 *
 * - An even tag is something that may be lost. Who does not know it passes over it, and leaves it out of what it writes.
 * - An odd tag changes what the record means. Who does not know it must not use the record, and so never writes it.
 * - A layout that cannot be read at all has another first byte.
 *
 * What is not used and not read is unreadable: the record stands as it is, its device is told so, and nothing is registered
 * in its place. Reserved tags of credentials: 2, that a write was not seen to last; 4, a journal of the last eight events,
 * at most 48 bytes each. Of a token and a lease: 2, how often Adobe Pass has refused the pair. Of a lease: 4, Adobe's code.
 */

const kinds = { credentials: 0x11, token: 0x21, lease: 0x31, forgotten: 0x41 } as const;
const earlierTag = 1;
const adobeCodeTag = 4;
const hasBoundAt = 1;
const hasSignedInAt = 2;
const hasSignedOutAt = 4;
const leaseKinds = ['work', 'cooldown'] as const satisfies LeaseRecord['kind'][];

export function encodeCredentials(record: CredentialsRecord): Uint8Array {
  const writer = new ByteWriter().byte(kinds.credentials);
  writePair(writer, record);
  if (record.earlier.length > 0) {
    const earlier = new ByteWriter();
    for (const pair of record.earlier) writePair(earlier, pair);
    const bytes = earlier.end();
    writer.integer(earlierTag).integer(bytes.length).bytes(bytes);
  }
  return writer.end();
}

/** `null`: these are no credentials that this version knows. */
export function decodeCredentials(bytes: Uint8Array): CredentialsRecord | null {
  return decoded(bytes, kinds.credentials, (reader) => {
    const pair = readPair(reader);
    const earlier: EarlierPair[] = [];
    const listed = new ByteReader(readSections(reader, earlierTag).get(earlierTag) ?? Buffer.alloc(0));
    while (!listed.isAtEnd) earlier.push(readPair(listed));
    return { ...pair, earlier };
  });
}

/** The mark that stands where the credentials of a device stood which the operator had forgotten. */
export function encodeForgotten(generation: number): Uint8Array {
  return new ByteWriter().byte(kinds.forgotten).integer(generation).end();
}

/** The generation up to which pairs are forgotten. `null`: this is no such mark. */
export function decodeForgotten(bytes: Uint8Array): number | null {
  return decoded(bytes, kinds.forgotten, (reader) => {
    const generation = reader.integer();
    readSections(reader);
    return generation;
  });
}

export function encodeToken({ clientId, accessToken, issuedAt, expiresAt }: TokenRecord): Uint8Array {
  const writer = new ByteWriter().byte(kinds.token);
  return writer.text(clientId).text(accessToken).number(issuedAt).number(expiresAt).end();
}

/** As `decodeCredentials`. */
export function decodeToken(bytes: Uint8Array): TokenRecord | null {
  return decoded(bytes, kinds.token, (reader) => {
    const token = {
      clientId: someText(reader),
      accessToken: someText(reader),
      issuedAt: instant(reader),
      expiresAt: instant(reader),
    };
    readSections(reader);
    if (token.expiresAt <= token.issuedAt) throw new RangeError('a token expires before it is issued');
    return token;
  });
}

export function encodeLease({ kind, until, forMs, code, adobeCode }: LeaseRecord): Uint8Array {
  const writer = new ByteWriter().byte(kinds.lease).byte(leaseKinds.indexOf(kind));
  writer
    .number(until)
    .number(forMs)
    .text(code ?? '');
  if (adobeCode !== undefined) {
    const bytes = Buffer.from(adobeCode, 'utf8');
    writer.integer(adobeCodeTag).integer(bytes.length).bytes(bytes);
  }
  return writer.end();
}

/** As `decodeCredentials`. */
export function decodeLease(bytes: Uint8Array): LeaseRecord | null {
  return decoded(bytes, kinds.lease, (reader) => {
    const kind = leaseKinds[reader.byte()];
    if (kind === undefined) throw new RangeError('a lease is of no known kind');
    const until = instant(reader);
    const forMs = instant(reader);
    const code = reader.text();
    const adobeCode = readSections(reader).get(adobeCodeTag)?.toString('utf8');
    const said = adobeCode === undefined ? {} : { adobeCode };
    return { kind, until, forMs, code: code === '' ? null : code, ...said };
  });
}

function decoded<Value>(bytes: Uint8Array, kind: number, read: (reader: ByteReader) => Value): Value | null {
  try {
    const reader = new ByteReader(bytes);
    if (reader.byte() !== kind) return null;
    return read(reader);
  } catch (error) {
    if (nameOfThrown(error) === 'RangeError') return null;
    throw error;
  }
}

/** To the end. `known`: tags that the reader of the record understands. */
function readSections(reader: ByteReader, ...known: readonly number[]): ReadonlyMap<number, Buffer> {
  const sections = new Map<number, Buffer>();
  while (!reader.isAtEnd) {
    const tag = reader.integer();
    if (tag % 2 === 1 && !known.includes(tag))
      throw new RangeError('a section changes what the record means');
    sections.set(tag, reader.bytes(reader.integer()));
  }
  return sections;
}

function writePair(writer: ByteWriter, pair: EarlierPair): void {
  const { clientId, clientSecret, statement, registeredAt, generation } = pair;
  const { boundAt, signedInAt, signedOutAt } = pair;
  writer.byte(
    (boundAt === null ? 0 : hasBoundAt) +
      (signedInAt === null ? 0 : hasSignedInAt) +
      (signedOutAt === null ? 0 : hasSignedOutAt),
  );
  writer.text(clientId).text(clientSecret).text(statement).number(registeredAt);
  for (const mark of [boundAt, signedInAt, signedOutAt]) if (mark !== null) writer.number(mark);
  writer.integer(generation);
}

function readPair(reader: ByteReader): EarlierPair {
  const flags = reader.byte();
  if (flags > hasBoundAt + hasSignedInAt + hasSignedOutAt)
    throw new RangeError('a pair has a flag that is not known');
  const pair = {
    clientId: someText(reader),
    clientSecret: someText(reader),
    statement: reader.text(),
    registeredAt: instant(reader),
    boundAt: (flags & hasBoundAt) === 0 ? null : instant(reader),
    signedInAt: (flags & hasSignedInAt) === 0 ? null : instant(reader),
    signedOutAt: (flags & hasSignedOutAt) === 0 ? null : instant(reader),
    generation: reader.integer(),
  };
  if (pair.generation < 1) throw new RangeError('a pair has no generation');
  return pair;
}

function someText(reader: ByteReader): string {
  const text = reader.text();
  if (text === '') throw new RangeError('a text is empty');
  return text;
}

function instant(reader: ByteReader): number {
  const value = reader.number();
  if (!Number.isFinite(value)) throw new RangeError('an instant is no number');
  return value;
}
