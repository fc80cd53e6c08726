import { RequestError } from './RequestError.js';

/** A text in the JSON body of a request. @throws RequestError 400 */
export function textIn(body: unknown, name: string): string {
  const value = optionalTextIn(body, name);
  if (value !== undefined) return value;
  throw new RequestError(400, `${name} must be text of 1 to 256 characters.`);
}

/** As `textIn`; `undefined` where there is none. @throws RequestError 400 */
export function optionalTextIn(body: unknown, name: string): string | undefined {
  const value = memberOf(body, name);
  if (value === undefined || isText(value)) return value;
  throw new RequestError(400, `${name} must be text of 1 to 256 characters.`);
}

/** A list of texts in the JSON body of a request. @throws RequestError 400 */
export function textsIn(body: unknown, name: string): readonly string[] {
  const value = memberOf(body, name);
  if (Array.isArray(value) && value.length > 0 && value.every(isText)) return value;
  throw new RequestError(400, `${name} must be a list of texts of 1 to 256 characters.`);
}

function memberOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 256;
}
