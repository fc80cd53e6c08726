import { escapeHtml, pageReply } from '../http/html.js';
import type { Reply } from '../http/reply.js';
import type { Mvpd } from '../scenario/scenario.js';
import type { LoginVerdict } from './checkLogin.js';

const style = `
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#f7f8fb;color:#1a2233;font:1.125rem/1.5 system-ui,"Segoe UI",Roboto,Arial,sans-serif}
.band{margin:0;padding:.5rem 1rem;background:#1a2233;color:#f2f5fa;text-align:center;font-size:1rem}
main{max-width:26rem;margin:3rem auto;padding:0 1rem}
h1{margin:0 0 1.5rem;font-size:1.75rem;line-height:1.25}
label{display:block;margin-top:1rem;font-weight:600}
input{width:100%;min-height:3rem;margin-top:.25rem;padding:.5rem .75rem;border:2px solid #737f96;border-radius:.5rem;background:#fff;color:inherit;font:inherit}
button{width:100%;min-height:3rem;margin-top:1.5rem;border:0;border-radius:.5rem;background:#0b5cad;color:#fff;font:inherit;font-weight:600;cursor:pointer}
input:focus,button:focus,summary:focus{outline:4px solid #0b5cad;outline-offset:2px}
.problem{margin:0;padding:.75rem 1rem;border:2px solid #b3261e;border-radius:.5rem;background:#fff;color:#b3261e}
details{margin-top:2rem;color:#4a5670;font-size:1rem}
`;

interface LoginForm {
  readonly mvpd: Mvpd;
  /** Travels along, as in SAML: which session this is about. */
  readonly relayState: string;
  /** Where a completed sign-in leads. */
  readonly redirectUrl: string;
  /** What was tried before. */
  readonly name?: string;
  readonly problem?: Exclude<LoginVerdict['kind'], 'accepted'>;
}

const problems = {
  wrong: 'Name or password is not right. Try viewer / viewer.',
  locked: 'This account is locked. Call customer service.',
  noPackage: 'There is no TV package with this account.',
} as const;

/** A plain form, for people and for scripts: nothing on it needs a script or a picture. */
export function loginPage({ mvpd, relayState, redirectUrl, name = '', problem }: LoginForm): Reply {
  const title = `Sign in to ${mvpd.displayName}`;
  const invalid = problem === 'wrong' ? ' aria-invalid="true" aria-describedby="problem"' : '';
  const isRetry = problem !== undefined;
  const body = [
    '<p class="band">Test page of the Adobe Pass simulator. No provider is behind it.</p>',
    '<main>',
    `<h1>${escapeHtml(title)}</h1>`,
    ...(problem === undefined
      ? []
      : [`<p class="problem" id="problem" role="alert">${escapeHtml(problems[problem])}</p>`]),
    `<form method="post" action="/mvpd/${encodeURIComponent(mvpd.id)}/login">`,
    `<input type="hidden" name="RelayState" value="${escapeHtml(relayState)}">`,
    '<label for="username">Name</label>',
    `<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${escapeHtml(name)}"${invalid}${isRetry ? '' : ' autofocus'}>`,
    '<label for="password">Password</label>',
    `<input id="password" name="password" type="password" autocomplete="current-password" required${invalid}${isRetry ? ' autofocus' : ''}>`,
    '<button type="submit">Sign in</button>',
    '</form>',
    accounts(mvpd),
    '</main>',
  ].join('\n');
  return pageReply(isRetry ? 401 : 200, {
    title: isRetry ? `Problem: ${title}` : title,
    body,
    style,
    formAction: formActionFor(redirectUrl),
  });
}

/** What a browser follows after the form was sent counts as where the form leads. */
export function formActionFor(redirectUrl: string): readonly string[] {
  const { protocol, origin } = new URL(redirectUrl);
  return ["'self'", protocol === 'http:' || protocol === 'https:' ? origin : protocol];
}

/** To be opened by whoever tries things out: there is nothing to guess. */
function accounts({ viewers }: Mvpd): string {
  const rows = viewers.map(({ name, password }) => `<li>${escapeHtml(name)} / ${escapeHtml(password)}</li>`);
  return `<details><summary>Accounts of this test page</summary><ul>${rows.join('')}</ul></details>`;
}

/** A session that is over, or never was. */
export function loginOver(): Reply {
  return pageReply(400, {
    title: 'This sign-in is over',
    style,
    body: '<main><h1>This sign-in is over</h1><p>Get a new code on the device that you want to watch on.</p></main>',
  });
}
