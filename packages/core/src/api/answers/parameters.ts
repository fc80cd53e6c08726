import { kindOf } from '../../described.js';
import { isPassError, PassError } from '../../errors.js';
import { pathSegment } from '../../http/upstreamPath.js';

/*
 * What a method is given usually comes from an app and the person before it, so what is wrong with it is the caller's
 * fault. No message shows it: a code signs somebody in.
 */

/** @throws PassError `parameter_invalid` */
export function checkParameters(method: string, parameters: unknown): void {
  if (typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters)) return;
  throw parameterInvalid(`${method}: the parameters`, `must be an object, received ${kindOf(parameters)}`);
}

/** A segment of the path. @throws PassError `parameter_invalid` */
export function segment(value: unknown, name: string): string {
  if (typeof value !== 'string') throw parameterInvalid(name, `must be a string, received ${kindOf(value)}`);
  try {
    return pathSegment(value, name);
  } catch (error) {
    // The same fault, but it is whoever made the request that can correct it.
    throw isPassError(error) ? new PassError('parameter_invalid', error.message) : error;
  }
}

/** A code as a person types it: in lower case, with spaces or dashes between. @throws PassError `parameter_invalid` */
export function plainCode(value: unknown): string {
  if (typeof value !== 'string')
    throw parameterInvalid('code', `must be a string, received ${kindOf(value)}`);
  const code = value.replaceAll(/[\s\u00AD\u2010-\u2015-]+/g, '').toUpperCase();
  if (code === '') throw parameterInvalid('code', 'must not be empty');
  if (code.length > 64)
    throw parameterInvalid('code', `must have at most 64 characters, received ${code.length}`);
  return code;
}

/** Some text that is sent in a form, if given. @throws PassError `parameter_invalid` */
export function optionalText(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.trim() === '')
    throw parameterInvalid(name, `must be text that is not empty, received ${kindOf(value)}`);
  if (value.length > 2_048)
    throw parameterInvalid(name, `must have at most 2048 characters, received ${value.length}`);
  if (/\p{Cc}/u.test(value)) throw parameterInvalid(name, 'must not contain control characters');
  return value;
}

/** Where the viewer's browser goes in the end: an absolute URL, also of an app's own scheme. @throws PassError `parameter_invalid` */
export function optionalUrl(value: unknown, name: string): string | undefined {
  const url = optionalText(value, name);
  if (url === undefined) return undefined;
  if (!/^[a-z][a-z\d+.-]*:\/\/[\x21-\x7E]+$/i.test(url) || !URL.canParse(url))
    throw parameterInvalid(name, `must be an absolute URL, received ${kindOf(url)} that is none`);
  return url;
}

/** @throws PassError `parameter_invalid` */
export function requiredUrl(value: unknown, name: string): string {
  const url = optionalUrl(value, name);
  if (url === undefined) throw parameterInvalid(name, 'must be given');
  return url;
}

export function parameterInvalid(name: string, problem: string): PassError {
  return new PassError('parameter_invalid', `${name} ${problem}`);
}
