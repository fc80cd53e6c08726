import { escapeHtml, pageReply } from '../http/html.js';
import type { Handler } from '../http/endpoint.js';
import type { Reply } from '../http/reply.js';
import { formActionFor } from '../login/loginPage.js';
import { errorPage } from './errors/errorPage.js';
import { findIntegration } from './integration.js';
import { partnerRequest } from './partner/partnerSaml.js';
import { findOpenSession } from './sessions/findSession.js';

/**
 * For a browser: on to the MVPD's login page, by a redirect or by a form that submits itself. Needs no token.
 * https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/sessions-apis/rest-api-v2-sessions-apis-perform-authentication-in-user-agent
 */
export const authenticate: Handler = {
  errors: 'page',
  handle({ params, headers, now }, world) {
    const serviceProvider = world.scenario.serviceProviders.get(params['serviceProvider'] ?? '');
    if (serviceProvider === undefined) return errorPage('invalid_parameter_service_provider');
    const found = findOpenSession(world.sessions, params['code'] ?? '', serviceProvider.id, now);
    if (found.kind === 'refused') return errorPage(found.code);
    const { sessionId, parameters } = found.session;
    if (parameters.redirectUrl === undefined) return errorPage('invalid_parameter_redirect_url');
    const integration = findIntegration(world.scenario, serviceProvider, parameters.mvpd ?? '');
    if (integration.kind === 'refused') return errorPage(integration.code);
    const { mvpd } = integration;
    const action = `http://${headers.host ?? 'localhost'}/mvpd/${encodeURIComponent(mvpd.id)}/login`;
    const fields = { SAMLRequest: partnerRequest(mvpd.id, serviceProvider.id), RelayState: sessionId };
    switch (mvpd.login) {
      case 'redirect':
        return {
          status: 302,
          headers: {
            location: `${action}?${new URLSearchParams(fields).toString()}`,
            'cache-control': 'no-store',
          },
          body: '',
        };
      case 'form':
        return selfSubmittingForm(action, fields, parameters.redirectUrl);
    }
  },
};

function selfSubmittingForm(
  action: string,
  fields: Readonly<Record<string, string>>,
  redirectUrl: string,
): Reply {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  );
  return pageReply(200, {
    title: 'On to your TV provider',
    body: `<form method="post" action="${escapeHtml(action)}">${inputs.join('')}<noscript><button type="submit">Continue</button></noscript></form>`,
    script: 'document.forms[0].submit()',
    formAction: formActionFor(redirectUrl),
  });
}
