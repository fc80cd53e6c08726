import type { Simulator, SimulatorOptions } from '../../src/index.js';
import { authenticated, call, deviceHeader, textAt, type Answer } from './caller.js';
import { startFrozenSimulator } from './withSimulator.js';

export interface SessionForm {
  readonly mvpd?: string;
  readonly domainName?: string;
  readonly redirectUrl?: string;
}

export const completeForm = {
  mvpd: 'Cablevision',
  domainName: 'adobe.com',
  redirectUrl: 'https://tv.example/done',
} as const;

const formType = { 'Content-Type': 'application/x-www-form-urlencoded' };
const jsonType = { 'Content-Type': 'application/json' };

/** A set with a pair of its own, which speaks REST API v2 by hand. */
export class Tv {
  readonly simulator: Simulator;
  readonly accessToken: string;
  readonly clientId: string;
  readonly device: string;
  readonly #headers: Record<string, string>;

  constructor(
    simulator: Simulator,
    pair: { readonly accessToken: string; readonly clientId: string },
    device: string,
    headers: Record<string, string> = {},
  ) {
    this.simulator = simulator;
    this.accessToken = pair.accessToken;
    this.clientId = pair.clientId;
    this.device = device;
    this.#headers = headers;
  }

  /** The same set, with these headers on each call. */
  with(headers: Record<string, string>): Tv {
    return new Tv(this.simulator, this, this.device, { ...this.#headers, ...headers });
  }

  send(
    method: 'GET' | 'POST',
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return call(this.simulator, path, {
      method,
      headers: {
        Authorization: `Bearer ${this.accessToken}`,
        'AP-Device-Identifier': deviceHeader(this.device),
        ...headers,
        ...this.#headers,
      },
      ...(body === undefined ? {} : { body }),
    });
  }

  createSession(form: SessionForm = completeForm, serviceProvider = 'REF30'): Promise<Answer> {
    return this.send(
      'POST',
      `/api/v2/${serviceProvider}/sessions`,
      new URLSearchParams({ ...form }).toString(),
      formType,
    );
  }

  async code(form?: SessionForm): Promise<string> {
    return textAt((await this.createSession(form)).json, 'code');
  }

  resume(code: string, form: SessionForm): Promise<Answer> {
    return this.send(
      'POST',
      `/api/v2/REF30/sessions/${code}`,
      new URLSearchParams({ ...form }).toString(),
      formType,
    );
  }

  retrieve(code: string): Promise<Answer> {
    return this.send('GET', `/api/v2/REF30/sessions/${code}`);
  }

  profiles(serviceProvider = 'REF30'): Promise<Answer> {
    return this.send('GET', `/api/v2/${serviceProvider}/profiles`);
  }

  profileFor(mvpd: string): Promise<Answer> {
    return this.send('GET', `/api/v2/REF30/profiles/${mvpd}`);
  }

  poll(code: string): Promise<Answer> {
    return this.send('GET', `/api/v2/REF30/profiles/code/${code}`);
  }

  preauthorize(mvpd: string, resources: unknown): Promise<Answer> {
    return this.send(
      'POST',
      `/api/v2/REF30/decisions/preauthorize/${mvpd}`,
      JSON.stringify({ resources }),
      jsonType,
    );
  }

  authorize(mvpd: string, resources: unknown): Promise<Answer> {
    return this.send(
      'POST',
      `/api/v2/REF30/decisions/authorize/${mvpd}`,
      JSON.stringify({ resources }),
      jsonType,
    );
  }

  logout(mvpd: string, redirectUrl: string | undefined = 'https://tv.example/out'): Promise<Answer> {
    return this.send(
      'GET',
      `/api/v2/REF30/logout/${mvpd}?${new URLSearchParams({ redirectUrl }).toString()}`,
    );
  }

  partnerSession(form: SessionForm, partner = 'Apple'): Promise<Answer> {
    const body = new URLSearchParams({ ...form }).toString();
    return this.send('POST', `/api/v2/REF30/sessions/sso/${partner}`, body, formType);
  }

  partnerProfile(samlResponse: string, partner = 'Apple'): Promise<Answer> {
    const body = new URLSearchParams({ SAMLResponse: samlResponse }).toString();
    return this.send('POST', `/api/v2/REF30/profiles/sso/${partner}`, body, formType);
  }

  signIn(mvpd = 'Cablevision', viewer?: string): void {
    this.simulator.signIn({
      deviceIdentifier: this.device,
      serviceProvider: 'REF30',
      mvpd,
      clientId: this.clientId,
      ...(viewer === undefined ? {} : { viewer }),
    });
  }
}

export async function turnOn(
  options: SimulatorOptions = {},
  device = 'living-room',
): Promise<{ readonly simulator: Simulator; readonly tv: Tv }> {
  const simulator = await startFrozenSimulator(options);
  return { simulator, tv: await turnOnAt(simulator, device) };
}

export async function turnOnAt(simulator: Simulator, device = 'living-room'): Promise<Tv> {
  return new Tv(simulator, await authenticated(simulator, { headers: { 'X-Device-Info': 'e30=' } }), device);
}
