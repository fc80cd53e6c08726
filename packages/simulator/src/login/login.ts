import type { Call, Handler } from '../http/endpoint.js';
import type { Reply } from '../http/reply.js';
import { isOpen } from '../state/sessions.js';
import type { World } from '../world.js';
import { checkLogin } from './checkLogin.js';
import { completeSignIn } from './completeSignIn.js';
import { loginOver, loginPage } from './loginPage.js';

/** The MVPD's own page, where the authenticate URL leads: shown for GET, and for a POST of Adobe's form; tried by its own form. */
export const login: Handler = {
  errors: 'page',
  handle(call, world) {
    const fields = call.method === 'POST' ? new URLSearchParams(call.body) : call.query;
    const relayState = fields.get('RelayState') ?? '';
    const session = world.sessions.findById(relayState);
    if (session === undefined || !isOpen(session, call.now)) return loginOver();
    const { mvpd: id, redirectUrl } = session.parameters;
    const mvpd = world.scenario.serviceProviders
      .get(session.owner.serviceProvider)
      ?.mvpds.find((candidate) => candidate.id === id);
    if (mvpd === undefined || mvpd.id !== call.params['mvpd'] || redirectUrl === undefined)
      return loginOver();
    const name = call.method === 'POST' ? fields.get('username') : null;
    const show = { mvpd, relayState, redirectUrl };
    const reply = (): Reply => {
      if (name === null) return loginPage(show);
      const verdict = checkLogin(mvpd, name.trim(), fields.get('password') ?? '');
      if (verdict.kind !== 'accepted') return loginPage({ ...show, name, problem: verdict.kind });
      completeSignIn(world, session, mvpd, verdict.viewer);
      return seeOther(redirectUrl);
    };
    return { ...reply(), delayMs: mvpd.delayMs };
  },
};

/** The MVPD's side of a logout. */
export const providerLogout: Handler = {
  errors: 'page',
  handle(call: Call, { logoutTickets }: World) {
    const ticket = logoutTickets.find(call.query.get('ticket') ?? '');
    return ticket?.redirectUrl === undefined ? loginOver() : seeOther(ticket.redirectUrl);
  },
};

/** As a browser needs it in a header: whatever is not ASCII is encoded. */
function seeOther(url: string): Reply {
  return {
    status: 303,
    headers: { location: new URL(url).href, 'referrer-policy': 'no-referrer' },
    body: '',
  };
}
