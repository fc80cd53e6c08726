import type { Simulator } from '../../src/index.js';
import { call, type Answer } from './caller.js';

/** What a person, or a script that stands in for one, does with the authenticate URL. Keeps no cookies: none are needed. */
export class Browser {
  readonly #simulator: Simulator;

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  /** Follows to the login page: by a redirect, or by sending the one form of a page. */
  async open(path: string): Promise<LoginForm> {
    const answer = await call(this.#simulator, path);
    const location = answer.headers.get('location');
    if (location !== null) return new LoginForm(this.#simulator, await this.#get(location));
    const form = readForm(answer.text);
    const body = new URLSearchParams(form.fields).toString();
    return new LoginForm(this.#simulator, await post(this.#simulator, form.action, body));
  }

  #get(location: string): Promise<Answer> {
    const { pathname, search } = new URL(location, this.#simulator.url);
    return call(this.#simulator, pathname + search);
  }
}

export class LoginForm {
  readonly answer: Answer;
  readonly #simulator: Simulator;

  constructor(simulator: Simulator, answer: Answer) {
    this.#simulator = simulator;
    this.answer = answer;
  }

  async submit(username: string, password: string): Promise<Answer> {
    const { action, fields } = readForm(this.answer.text);
    const body = new URLSearchParams({ ...fields, username, password }).toString();
    return await post(this.#simulator, action, body);
  }
}

function post(simulator: Simulator, action: string, body: string): Promise<Answer> {
  return call(simulator, new URL(action, simulator.url).pathname, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body,
  });
}

function readForm(html: string): { readonly action: string; readonly fields: Record<string, string> } {
  const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1];
  if (action === undefined) throw new Error(`no form in ${html.slice(0, 200)}`);
  const hidden = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return {
    action,
    fields: Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value])),
  };
}
