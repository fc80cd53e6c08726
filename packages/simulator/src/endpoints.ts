import { configuration } from './api/configuration.js';
import { profiles } from './api/profiles.js';
import { register } from './dcr/register.js';
import { token } from './dcr/token.js';
import { undocumented } from './dcr/undocumented.js';
import type { Endpoint } from './http/endpoint.js';

/** All that is simulated. A new endpoint is a file and a line here; where two paths fit, the first wins. */
export const endpoints: readonly Endpoint[] = [register, token, ...undocumented, configuration, profiles];
