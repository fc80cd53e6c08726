import { ask, issueDeviceToken } from './service.mjs';
import { json, text } from './json.mjs';

/** @typedef {import('./acts.mjs').Act} Act */

const trial = 'TempPass_TEST40';
/** Its package has REF30 and REF30-news alone. */
const provider = 'SandpiperBasic';

/**
 * A viewer signs in, watches and signs out. What the device is told is checked here, what reached Adobe Pass by its caller.
 * @param {() => string} serviceUrl @param {string} control of the simulator
 * @returns {Promise<Act[]>}
 */
export async function viewingActs(serviceUrl, control) {
  const tv = await deviceAt(serviceUrl, 'kitchen-tv', 21);
  const otherTv = await deviceAt(serviceUrl, 'guest-room-tv', 22);
  const phone = await deviceAt(serviceUrl, 'phone-of-the-viewer', 23);
  const resources = ['REF30', 'REF30-news', 'REF30-movies'];

  return [
    {
      name: 'a viewer signs in on the device',
      play: async () => {
        const { code, url } = await tv('sign-in', { mvpd: provider });
        await logIn(text(url, 'url'));
        expect(await tv('sign-in/wait', { code }), { state: 'signedIn', mvpd: provider });
        return { register: 1, token: 1, createSession: 1, authenticate: 1, login: 2, profileForCode: 1 };
      },
    },
    {
      name: 'a viewer signs in with a code, typed on a second screen',
      play: async () => {
        const { code } = await otherTv('sign-in', {});
        const typed = text(code, 'code').toLowerCase();
        expect(await phone('second-screen', { code: typed }), { missing: ['mvpd'] });
        const { url } = await phone('second-screen/sign-in', { code: typed, mvpd: provider });
        await logIn(text(url, 'url'));
        expect(await otherTv('sign-in/wait', { code }), { state: 'signedIn', mvpd: provider });
        return {
          register: 2,
          token: 2,
          createSession: 1,
          retrieveSession: 1,
          resumeSession: 1,
          authenticate: 1,
          login: 2,
          profileForCode: 1,
        };
      },
    },
    {
      name: 'the app asks what to show with a lock',
      play: async () => {
        const answer = await tv('preauthorize', { mvpd: provider, resources });
        expect(answer, { resources: resources.map((resource, n) => ({ resource, locked: n === 2 })) });
        return { preauthorize: 1 };
      },
    },
    {
      name: 'the viewer plays what is in the package, and is denied what is not',
      play: async () => {
        const permit = await tv('authorize', { mvpd: provider, resource: 'REF30' });
        text(permit['token'], 'token');
        expect(permit, { authorized: true });
        expect(await tv('authorize', { mvpd: provider, resource: 'REF30-movies' }), {
          authorized: false,
          signIn: false,
        });
        return { authorize: 2 };
      },
    },
    {
      name: 'a free trial needs no sign-in, and ends',
      play: async () => {
        const asked = { mvpd: trial, resource: 'REF30' };
        expect(await phone('authorize', asked), { authorized: true });
        const { expiresAt } = await phone('trial', asked);
        if (typeof expiresAt !== 'number') throw new Error('the trial has no end');
        await json(`${control}/clock`, { nowMs: expiresAt });
        expect(await phone('authorize', asked), { authorized: false, signIn: true });
        return { authorize: 2, profileForMvpd: 1 };
      },
    },
    {
      name: 'the viewer signs out, and may not play any more',
      play: async () => {
        await tv('sign-out', { mvpd: provider });
        expect(await tv('authorize', { mvpd: provider, resource: 'REF30' }), {
          authorized: false,
          signIn: true,
        });
        return { logout: 1, authorize: 1 };
      },
    },
  ];
}

/** @param {() => string} serviceUrl @param {string} platformId @param {number} number of its address */
async function deviceAt(serviceUrl, platformId, number) {
  const token = await issueDeviceToken(serviceUrl(), platformId);
  /** @param {string} route @param {object} body */
  return async (route, body) => await ask(`${serviceUrl()}/api/${route}`, token, `203.0.113.${number}`, body);
}

/** What a person does in a browser: opens the provider's login page, and fills in its form. @param {string} url */
async function logIn(url) {
  const page = await fetch(url);
  const html = await page.text();
  const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1];
  if (action === undefined) throw new Error(`${page.status} and no login form at the provider`);
  const hidden = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  const body = new URLSearchParams({
    ...Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value])),
    username: 'viewer',
    password: 'viewer',
  });
  const done = await fetch(new URL(action, page.url), { method: 'POST', body, redirect: 'manual' });
  if (done.headers.get('location') === null) throw new Error(`the login was answered with ${done.status}`);
}

/** @param {Record<string, unknown>} answer @param {Record<string, unknown>} expected of its members, not of all */
function expect(answer, expected) {
  for (const [name, value] of Object.entries(expected)) {
    const received = JSON.stringify(answer[name]);
    if (received !== JSON.stringify(value))
      throw new Error(`${name} should be ${JSON.stringify(value)}; received ${received}`);
  }
}
