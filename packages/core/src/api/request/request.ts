import { invalidOption, type OptionCheck } from '../../checkOptions.js';
import { kindOf } from '../../described.js';
import { PassError } from '../../errors.js';
import { protectedPath } from '../../http/upstreamPath.js';
import * as check from '../../optionChecks.js';
import { signInPartOf } from '../signInPart.js';
import type { HttpMethod, PassRequestInit } from './types.js';
import type { ProtectedCall } from '../callProtected.js';

const checkMethod: OptionCheck<HttpMethod> = check.oneOf('GET', 'POST', 'PUT', 'DELETE');

/**
 * A call to a resource that this library has no method for.
 * @throws PassError `request_path_invalid`, `option_invalid`
 */
export function anyRequest(
  method: HttpMethod,
  path: string,
  init: PassRequestInit,
  headers: Readonly<Record<string, string>>,
): ProtectedCall {
  checkMethod(method, 'method');
  const given: unknown = init;
  if (typeof given !== 'object' || given === null) throw invalidOption('init', 'must be an object', given);
  const target = protectedPath(path, init.query);
  const content = contentOf(init);
  const call = { endpoint: 'request', method, path: target, signIn: signInPartOf(method, target) } as const;
  if (content === undefined) return { ...call, headers };
  if (method === 'GET')
    throw new PassError('option_invalid', 'a GET request has no body: json and form must be absent');
  return { ...call, headers: { ...headers, 'content-type': content.type }, body: content.body };
}

/** The body of a call, and what it is. @throws PassError `option_invalid` */
export function contentOf({
  json,
  form,
}: PassRequestInit): { readonly type: string; readonly body: string } | undefined {
  if (json !== undefined && form !== undefined) {
    throw new PassError('option_invalid', 'json and form exclude each other');
  }
  if (form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', body: formOf(form) };
  }
  if (json === undefined) return undefined;
  // Adobe's pages demand the charset, although RFC 8259 gives the media type none.
  return { type: 'application/json;charset=utf-8', body: jsonOf(json) };
}

function formOf(form: unknown): string {
  if (typeof form !== 'object' || form === null)
    throw invalidOption('form', 'must be an object of strings', form);
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(form) as [string, unknown][]) {
    if (typeof value !== 'string') {
      throw new PassError(
        'option_invalid',
        `form must be an object of strings, received ${kindOf(value)} for ${JSON.stringify(name.slice(0, 40))}`,
      );
    }
    fields.append(name, value);
  }
  return fields.toString();
}

function jsonOf(json: unknown): string {
  try {
    const body: unknown = JSON.stringify(json);
    if (typeof body === 'string') return body;
  } catch {
    // A cycle, a BigInt, or nested too deep. The engine's message names members of what was to be sent.
  }
  throw new PassError('option_invalid', 'json must be a value that JSON can express');
}
