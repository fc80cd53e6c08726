import { configuration } from './api/configuration.js';
import { profiles } from './api/profiles.js';
import { register } from './dcr/register.js';
import { token } from './dcr/token.js';
import { undocumented } from './dcr/undocumented.js';
import type { Endpoint, Endpoints, Handler, Method } from './http/endpoint.js';

/**
 * All that is simulated. A new endpoint is a file, its name in `endpointNames` and a line here: without any of them this
 * does not compile. Where two paths fit, the first wins.
 */
export const endpoints: Endpoints = {
  register: on('POST', '/o/client/register', register),
  token: on('POST', '/o/client/token', token),
  scopes: on(['GET', 'POST'], '/o/client/scopes', undocumented('scopes')),
  validate: on(['GET', 'POST'], '/o/client/validate', undocumented('validate')),
  configuration: on('GET', '/api/v2/:serviceProvider/configuration', configuration),
  profiles: on('GET', '/api/v2/:serviceProvider/profiles', profiles),
};

function on(methods: Method | readonly Method[], path: string, handler: Handler): Endpoint {
  return { ...handler, methods: [methods].flat(), path };
}
