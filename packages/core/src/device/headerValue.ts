import { kindOf } from '../described.js';
import { PassError } from '../errors.js';

/**
 * A value that goes into a header as it is: visible ASCII, at most `maxLength` characters.
 * @throws PassError `header_invalid`, naming the header and never the value
 */
export function headerValue(name: string, value: unknown, maxLength: number): string {
  if (typeof value !== 'string') throw headerInvalid(name, `must be text, received ${kindOf(value)}`);
  if (value === '') throw headerInvalid(name, 'must not be empty');
  if (value.length > maxLength) {
    throw headerInvalid(name, `must have at most ${maxLength} characters, received ${value.length}`);
  }
  if (!/^[\x21-\x7E]+$/.test(value)) {
    throw headerInvalid(
      name,
      `must be visible ASCII without spaces, received ${value.length} characters with others among them`,
    );
  }
  return value;
}

/** The error for a header that cannot be sent. */
export function headerInvalid(name: string, problem: string): PassError {
  return new PassError('header_invalid', `${name} ${problem}`);
}
