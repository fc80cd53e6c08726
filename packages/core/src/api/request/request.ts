import { PassError } from '../../errors.js';
import { protectedPath } from '../../http/upstreamPath.js';
import type { HttpMethod, PassRequestInit } from './types.js';
import type { ProtectedCall } from '../callProtected.js';

const methods: readonly string[] = ['GET', 'POST', 'PUT', 'DELETE'] satisfies HttpMethod[];

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
  if (!methods.includes(method)) {
    throw new PassError(
      'option_invalid',
      `method must be one of ${methods.join(', ')}, received ${describe(method)}`,
    );
  }
  const given: unknown = init;
  if (typeof given !== 'object' || given === null)
    throw new PassError('option_invalid', `init must be an object, received ${describe(given)}`);
  const target = protectedPath(path, init.query);
  const content = contentOf(init);
  const call = { endpoint: 'request', method, path: target } as const;
  if (content === undefined) return { ...call, headers };
  if (method === 'GET')
    throw new PassError('option_invalid', 'a GET request has no body: json and form must be absent');
  return { ...call, headers: { ...headers, 'content-type': content.type }, body: content.body };
}

function contentOf({
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
    throw new PassError('option_invalid', `form must be an object of strings, received ${describe(form)}`);
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(form) as [string, unknown][]) {
    if (typeof value !== 'string') {
      throw new PassError(
        'option_invalid',
        `form must be an object of strings, received ${describe(value)} for ${JSON.stringify(name.slice(0, 40))}`,
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

/** A method that is nearly right is shown. */
function describe(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'string' && value.length <= 12 ? JSON.stringify(value) : typeof value;
}
