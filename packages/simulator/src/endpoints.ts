import { authenticate } from './api/authenticate.js';
import { configuration } from './api/configuration.js';
import { authorize, preauthorize } from './api/decisions/decisions.js';
import { logout } from './api/logout.js';
import { partnerProfile } from './api/partner/partnerProfile.js';
import { partnerSession } from './api/partner/partnerSession.js';
import { profileForCode } from './api/profiles/profileForCode.js';
import { profileForMvpd } from './api/profiles/profileForMvpd.js';
import { profiles } from './api/profiles/profiles.js';
import { createSession } from './api/sessions/createSession.js';
import { resumeSession } from './api/sessions/resumeSession.js';
import { retrieveSession } from './api/sessions/retrieveSession.js';
import { register } from './dcr/register.js';
import { token } from './dcr/token.js';
import { undocumented } from './dcr/undocumented.js';
import type { Endpoint, Endpoints, Handler, Method } from './http/endpoint.js';
import { login, providerLogout } from './login/login.js';
import { degradation } from './management/degradation.js';
import { esmReport } from './management/esmReport.js';
import { resetPromotionalTempPass, resetTempPass } from './management/resetTempPass.js';

const below = '/api/v2/:serviceProvider';

/**
 * All that is simulated. A new endpoint is a file, its name in `endpointNames` and a line here: without any of them this
 * does not compile. Where two paths fit, the first wins.
 */
export const endpoints: Endpoints = {
  register: on('POST', '/o/client/register', register),
  token: on('POST', '/o/client/token', token),
  scopes: on(['GET', 'POST'], '/o/client/scopes', undocumented('scopes')),
  validate: on(['GET', 'POST'], '/o/client/validate', undocumented('validate')),
  configuration: on('GET', `${below}/configuration`, configuration),
  createSession: on('POST', `${below}/sessions`, createSession),
  resumeSession: on('POST', `${below}/sessions/:code`, resumeSession),
  retrieveSession: on('GET', `${below}/sessions/:code`, retrieveSession),
  authenticate: on('GET', '/api/v2/authenticate/:serviceProvider/:code', authenticate),
  profiles: on('GET', `${below}/profiles`, profiles),
  profileForMvpd: on('GET', `${below}/profiles/:mvpd`, profileForMvpd),
  profileForCode: on('GET', `${below}/profiles/code/:code`, profileForCode),
  preauthorize: on('POST', `${below}/decisions/preauthorize/:mvpd`, preauthorize),
  authorize: on('POST', `${below}/decisions/authorize/:mvpd`, authorize),
  logout: on('GET', `${below}/logout/:mvpd`, logout),
  partnerSession: on('POST', `${below}/sessions/sso/:partner`, partnerSession),
  partnerProfile: on('POST', `${below}/profiles/sso/:partner`, partnerProfile),
  login: on(['GET', 'POST'], '/mvpd/:mvpd/login', login),
  providerLogout: on('GET', '/adobe-services/logout', providerLogout),
  resetTempPass: on('DELETE', '/reset-tempass/v3/reset', resetTempPass),
  resetPromotionalTempPass: on('DELETE', '/reset-tempass/v3/reset/generic', resetPromotionalTempPass),
  degradation: on(['GET', 'POST', 'DELETE'], '/control/v3/degradation/:mediaCompany/:rule', degradation),
  esmReport: on('GET', '/esm/v3/:path*', esmReport),
};

function on(methods: Method | readonly Method[], path: string, handler: Handler): Endpoint {
  return { ...handler, methods: [methods].flat(), path };
}
