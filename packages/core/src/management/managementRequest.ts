import type { ProtectedCall } from '../api/callProtected.js';
import { contentOf } from '../api/request/request.js';
import type { HttpMethod, PassRequestInit } from '../api/request/types.js';
import { invalidOption, type OptionCheck } from '../checkOptions.js';
import { PassError } from '../errors.js';
import { parseManagementResponse } from '../http/parseManagementResponse.js';
import { protectedPath } from '../http/upstreamPath.js';
import * as check from '../optionChecks.js';

/**
 * Where the management APIs are: reset of TempPass, reports, usage of Concurrency Monitoring, degradation (whose path is
 * second-hand), and the list of a proxy's providers. The token goes nowhere else.
 */
export const managementPrefixes: readonly string[] = [
  '/reset-tempass/v3/',
  '/esm/v3/',
  '/cmu/v2/',
  '/control/v3/degradation/',
  '/control/v3/mvpd-proxies/',
];

const checkMethod: OptionCheck<HttpMethod> = check.oneOf('GET', 'POST', 'PUT', 'DELETE');

/** Names of headers that these APIs want beside the token. */
export interface ManagementRequestInit extends PassRequestInit {
  /** `api_version` of the Degradation API. */
  readonly apiVersion?: string | undefined;
}

/** @throws PassError `request_path_invalid`, `option_invalid` */
export function managementRequest(
  method: HttpMethod,
  path: string,
  init: ManagementRequestInit,
): ProtectedCall {
  checkMethod(method, 'method');
  const given: unknown = init;
  if (typeof given !== 'object' || given === null) throw invalidOption('init', 'must be an object', given);
  const { apiVersion } = init;
  if (apiVersion !== undefined && !/^\d{1,3}(?:\.\d{1,3}){0,2}$/.test(apiVersion))
    throw new PassError('option_invalid', 'apiVersion must be a version number, such as 3.0');
  const content = contentOf(init);
  if (content !== undefined && method === 'GET')
    throw new PassError('option_invalid', 'a GET request has no body: json and form must be absent');
  return {
    endpoint: 'management',
    method,
    path: protectedPath(path, init.query, managementPrefixes),
    headers: {
      ...(apiVersion === undefined ? undefined : { api_version: apiVersion }),
      ...(content === undefined ? undefined : { 'content-type': content.type }),
    },
    body: content?.body,
    read: parseManagementResponse,
  };
}
