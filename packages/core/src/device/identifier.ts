import { isUtf8 } from 'node:buffer';
import { isUint8Array } from 'node:util/types';
import { kindOf } from '../described.js';
import { PassError } from '../errors.js';
import type { Device } from './Device.js';

const longestBytes = 1_024;

/**
 * A key for maps in memory: equal for identifiers of equal bytes, different for all others. Text is its own key, so that
 * a request costs one look for lone surrogates and nothing else; length and content are for `validateIdentifier`, once
 * per device. Not for storage: it is the identifier itself.
 * @throws PassError `device_identifier_invalid`
 */
export function identifierKey(identifier: string | Uint8Array): string {
  if (typeof identifier === 'string') {
    if (identifier.isWellFormed()) return identifier;
    throw illFormed(identifier);
  }
  const bytes = bufferOf(identifier);
  // Buffer keeps a leading byte order mark, which TextDecoder would drop: two devices would become one.
  if (isUtf8(bytes)) return bytes.toString('utf8');
  // No text can have this key, because it begins with half a surrogate pair.
  return `\uD800${bytes.toString('base64')}`;
}

/** The bytes that Adobe Pass sees. Those of a `Uint8Array` are not copied. */
export function identifierBytes(identifier: string | Uint8Array): Uint8Array {
  if (typeof identifier !== 'string') return bufferOf(identifier);
  // UTF-8 has no lone surrogates: Buffer would turn every one into the same three bytes.
  if (!identifier.isWellFormed()) throw illFormed(identifier);
  return Buffer.from(identifier, 'utf8');
}

/** The bytes of the identifier whose key this is. */
export function identifierBytesOfKey(key: string): Uint8Array {
  return key.startsWith('\uD800') ? Buffer.from(key.slice(1), 'base64') : Buffer.from(key, 'utf8');
}

/**
 * Refuses what cannot be a device identifier. No message shows any of it.
 * @throws PassError `device_identifier_invalid`
 */
export function validateIdentifier(identifier: unknown): asserts identifier is string | Uint8Array {
  const bytes = identifierBytes(bufferOrText(identifier));
  if (bytes.length === 0) throw invalid('must not be empty');
  assertNotTooLong(bytes);
  if (typeof identifier === 'string' && /\p{Cc}/u.test(identifier)) {
    throw invalid(
      `must not contain control characters, received some in text of ${identifier.length} characters`,
    );
  }
}

/** The value of `AP-Device-Identifier`. `fingerprint` is the only type there is. */
export function deviceIdentifierHeader(identifier: string | Uint8Array): string {
  validateIdentifier(identifier);
  return `fingerprint ${bufferOf(identifierBytes(identifier)).toString('base64')}`;
}

/** The identifier of a device that is to be kept: bytes are copied, since their owner may write to them later. */
export function ownIdentifier(identifier: Device['identifier']): Device['identifier'] {
  // Nearly all are text, and to ask for the type of an array takes longer.
  return typeof identifier !== 'string' && isUint8Array(identifier)
    ? Uint8Array.from(identifier)
    : identifier;
}

/**
 * The identifier in an `AP-Device-Identifier` header. Tolerated is what cannot change its bytes: spaces around the
 * parts, the case of `fingerprint`, the URL-safe alphabet, missing padding and bits left over in the last digit. The
 * result is text where the bytes are printable UTF-8, else the bytes; either way `identifierKey` is that of the bytes.
 * @throws PassError `device_identifier_invalid`
 */
export function parseDeviceIdentifierHeader(value: string): string | Uint8Array {
  const given: unknown = value;
  if (typeof given !== 'string') throw invalidHeader(`must be text, received ${kindOf(given)}`);
  return usualIdentifier(given) ?? anyIdentifier(given);
}

const usualPrefix = 'fingerprint ';

/**
 * The identifier of a header as nearly all are: spelt without any liberty, and its bytes printable ASCII. Nothing new but
 * for this; a Buffer for every request would cost several times as much.
 */
function usualIdentifier(header: string): string | undefined {
  if (!header.startsWith(usualPrefix)) return undefined;
  const digits = header.slice(usualPrefix.length);
  let text;
  try {
    text = atob(digits);
  } catch {
    return undefined;
  }
  // `atob` skips spaces and does without padding: then there are more or fewer digits than the text has.
  const isWhole = text !== '' && digits.length === Math.ceil(text.length / 3) * 4;
  return isWhole && text.length <= longestBytes && !/[^\x20-\x7E]/.test(text) ? text : undefined;
}

function anyIdentifier(given: string): string | Uint8Array {
  // The longest identifier has 1 368 characters of Base64; the rest is room for spaces.
  if (given.length > 2_048) throw malformedHeader('is too long', given);
  const match = /^[ \t]*fingerprint[ \t]+([\w+/-]+)(={0,2})[ \t]*$/i.exec(given);
  const [, digits = '', padding = ''] = match ?? [];
  if (match === null) throw malformedHeader('must be "fingerprint" and Base64', given);
  const bytes = Buffer.from(digits, 'base64url');
  const digitsDue = Math.ceil((bytes.length * 4) / 3);
  const paddingDue = (4 - (digitsDue % 4)) % 4;
  if (digits.length !== digitsDue || (padding !== '' && padding.length !== paddingDue)) {
    throw malformedHeader('must end with well-formed Base64', given);
  }
  assertNotTooLong(bytes);
  const text = isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  return text === undefined || /\p{Cc}/u.test(text) ? new Uint8Array(bytes) : text;
}

function assertNotTooLong(bytes: Uint8Array): void {
  if (bytes.length > longestBytes)
    throw invalid(`must have at most ${longestBytes} bytes, received ${bytes.length}`);
}

function bufferOrText(identifier: unknown): string | Uint8Array {
  return typeof identifier === 'string' ? identifier : bufferOf(identifier);
}

/** The same memory as a Buffer. `isUint8Array` also knows those of another realm, such as a test runner's. */
function bufferOf(identifier: unknown): Buffer {
  if (!isUint8Array(identifier))
    throw invalid(`must be text or a Uint8Array, received ${kindOf(identifier)}`);
  return Buffer.from(identifier.buffer, identifier.byteOffset, identifier.byteLength);
}

function illFormed(identifier: string): PassError {
  return invalid(`must be well-formed text, received a lone surrogate in ${identifier.length} characters`);
}

function invalid(problem: string): PassError {
  return new PassError('device_identifier_invalid', `device.identifier ${problem}`);
}

function malformedHeader(problem: string, given: string): PassError {
  return invalidHeader(`${problem}, received ${given.length} characters`);
}

function invalidHeader(problem: string): PassError {
  return new PassError('device_identifier_invalid', `AP-Device-Identifier ${problem}`);
}
