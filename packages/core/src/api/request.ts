import { PassError } from '../errors.js';
import { protectedPath } from '../http/upstreamPath.js';
import type { HttpMethod, PassRequestInit } from '../Pass.js';
import type { ProtectedCall } from './callProtected.js';

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
      `method must be one of ${methods.join(', ')}, received ${JSON.stringify(method)}`,
    );
  }
  const target = protectedPath(path, init.query);
  const content = contentOf(init);
  // The path may hold an authentication code, so it does not name the call in messages.
  const call = { name: `${method} request`, method, path: target };
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
    return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams({ ...form }).toString() };
  }
  if (json === undefined) return undefined;
  const body: unknown = JSON.stringify(json);
  if (typeof body !== 'string')
    throw new PassError('option_invalid', 'json must be a value that JSON can express');
  // Adobe's pages demand the charset, although RFC 8259 gives the media type none.
  return { type: 'application/json;charset=utf-8', body };
}
