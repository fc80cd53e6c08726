import type { Handler } from '../http/endpoint.js';
import { jsonReply, type Reply } from '../http/reply.js';
import type { Mvpd } from '../scenario/scenario.js';
import type { World } from '../world.js';
import { ownerOf, protectedHandler } from './access/protectedHandler.js';
import { enhancedErrorReply } from './errors/enhancedError.js';
import { findIntegration } from './integration.js';
import { isRedirectUrl } from './sessions/sessionForm.js';
import { readAsker, standingOf, type Standing } from './standing.js';

/** https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/logout-apis/rest-api-v2-logout-apis-initiate-logout-for-specific-mvpd */
export const logout: Handler = protectedHandler({
  deviceHeaders: 'required',
  handle(call, world) {
    const { params, query, serviceProvider } = call;
    const redirectUrl = query.get('redirectUrl') ?? undefined;
    // The page says required, Adobe's OpenAPI file optional.
    if (redirectUrl === undefined ? world.options.strict : !isRedirectUrl(redirectUrl))
      return enhancedErrorReply('invalid_parameter_redirect_url');
    const integration = findIntegration(world.scenario, serviceProvider, params['mvpd'] ?? '');
    if (integration.kind === 'refused') return enhancedErrorReply(integration.code);
    const { mvpd } = integration;
    const asker = readAsker(call, ownerOf(call), serviceProvider);
    const standing = standingOf(asker, mvpd, world);
    const isPartner = world.profiles
      .valid(asker.owner, asker.now)
      .some((profile) => profile.mvpd === mvpd.id && profile.type === 'appleSSO');
    world.singleSignOn.remove(asker.subjects, mvpd.id);
    world.singleSignOn.removeOf(asker.owner, mvpd.id);
    world.profiles.remove(asker.owner, mvpd.id);
    return answer(nextStep(standing, isPartner, mvpd), mvpd, redirectUrl, world);
  },
});

type NextStep = 'logout' | 'partner_logout' | 'complete' | 'invalid';

const actionTypes = {
  logout: 'interactive',
  partner_logout: 'partner_interactive',
  complete: 'none',
  invalid: 'none',
} as const;

/** Nobody is signed in: that is done, too. */
function nextStep(standing: Standing, isPartner: boolean, mvpd: Mvpd): NextStep {
  if (isPartner) return 'partner_logout';
  switch (standing.kind) {
    case 'degraded':
    case 'trial':
      return 'complete';
    case 'signedOut':
      return 'invalid';
    case 'signedIn':
      return mvpd.logout === 'none' ? 'complete' : 'logout';
  }
}

function answer(actionName: NextStep, mvpd: Mvpd, redirectUrl: string | undefined, world: World): Reply {
  const url =
    actionName === 'logout'
      ? `/adobe-services/logout?ticket=${world.logoutTickets.issue({ mvpd: mvpd.id, redirectUrl })}`
      : undefined;
  if (url !== undefined && mvpd.logout === 'redirect')
    return { status: 302, headers: { location: url }, body: '' };
  return jsonReply(200, {
    logouts: {
      [mvpd.id]: {
        actionName,
        actionType: actionTypes[actionName],
        mvpd: mvpd.id,
        ...(url === undefined ? {} : { url }),
      },
    },
  });
}
