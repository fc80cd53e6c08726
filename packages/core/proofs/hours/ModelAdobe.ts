import type { UpstreamRequest } from '../../src/http/Transport.js';
import { RateLimiter, type RateLimit } from '../../src/admission/RateLimiter.js';
import type { Clock } from '../../src/time/clock.js';
import type { Call, Ledger } from './Ledger.js';

export interface ModelClient {
  readonly id: string;
  readonly secret: string;
  readonly device: number | undefined;
  readonly registeredAt: number;
  /** Adobe Pass knows it. */
  known: boolean;
  /** A viewer has signed in with it. */
  signedIn: boolean;
}

export interface IssuedToken {
  readonly client: ModelClient;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface ModelAnswer {
  readonly status: number;
  readonly body: unknown;
}

export const hourMs = 3_600_000;

/** The life of a token, where nothing else is said. */
export const tokenLifeMs = 6 * hourMs;

const invalidClient: ModelAnswer = { status: 400, body: { error: 'invalid_client' } };

/** The device that a call is made for says so in its headers. */
const deviceHeader = /^television\/(\d+)$/;

export function userAgentOf(device: number): string {
  return `television/${device}`;
}

/** Adobe Pass, which a situation confuses by setting what it refuses. */
export class ModelAdobe {
  readonly clients: Map<string, ModelClient> = new Map();
  readonly tokens: Map<string, IssuedToken> = new Map();
  /** Of several that know nothing of each other. */
  readonly name: string;
  /** Milliseconds until an answer is there. */
  latencyMs: Readonly<Record<Call['kind'], number>> = { register: 300, token: 150, api: 100 };
  /** Whether a client that is known is told `invalid_client` all the same. */
  refuses: (client: ModelClient, call: number) => boolean = () => false;
  /** How long a token lives. */
  lifeMs: (client: ModelClient) => number = () => tokenLifeMs;
  /** Registrations that are told `invalid_software_statement`. */
  strayRejections = 0;
  /** Of an address it takes so many calls, and then one a second; 429 beyond that. `null`: any number. */
  throttle: RateLimit | null = null;
  readonly #budgets: Map<string, RateLimiter> = new Map();
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  #calls = 0;

  constructor(name: string, clock: Clock, ledger: Ledger) {
    this.name = name;
    this.#clock = clock;
    this.#ledger = ledger;
  }

  answer(request: UpstreamRequest, process: number): ModelAnswer {
    const kind = callKind(request);
    this.#calls += 1;
    if (this.#isThrottled(request)) {
      this.#ledger.calls.push({
        kind,
        at: this.#clock.now(),
        process,
        device: undefined,
        clientId: undefined,
        answer: 'throttled',
      });
      return { status: 429, body: '' };
    }
    const about = kind === 'register' ? this.#register(request) : this.#clientOf(kind, request);
    const answer = this.#answerTo(kind, about);
    this.#ledger.calls.push({
      kind,
      at: this.#clock.now(),
      process,
      device: about?.device,
      clientId: about?.id,
      answer: answer.status < 300 ? 'ok' : 'refused',
    });
    return answer;
  }

  #isThrottled({ headers }: UpstreamRequest): boolean {
    if (this.throttle === null) return false;
    const address = headers['x-forwarded-for'] ?? 'server';
    const now = this.#clock.now();
    const budget = this.#budgets.get(address) ?? new RateLimiter(this.throttle, now);
    this.#budgets.set(address, budget);
    return budget.spend(now) > 0;
  }

  #register(request: UpstreamRequest): ModelClient | undefined {
    if (this.strayRejections > 0) {
      this.strayRejections -= 1;
      return undefined;
    }
    const number = deviceHeader.exec(request.headers['user-agent'] ?? '')?.[1];
    const client: ModelClient = {
      id: `${this.name}-${this.clients.size + 1}`,
      secret: `secret-${this.clients.size + 1}`,
      device: number === undefined ? undefined : Number(number),
      registeredAt: this.#clock.now(),
      known: true,
      signedIn: false,
    };
    this.clients.set(client.id, client);
    return client;
  }

  #clientOf(kind: Call['kind'], { headers, body }: UpstreamRequest): ModelClient | undefined {
    if (kind === 'api') {
      const issued = this.tokens.get((headers['authorization'] ?? '').replace('Bearer ', ''));
      return issued !== undefined && this.#clock.now() < issued.expiresAt ? issued.client : undefined;
    }
    return this.clients.get(new URLSearchParams(body).get('client_id') ?? '');
  }

  #answerTo(kind: Call['kind'], client: ModelClient | undefined): ModelAnswer {
    switch (kind) {
      case 'register':
        return client === undefined
          ? { status: 400, body: { error: 'invalid_software_statement' } }
          : { status: 201, body: { client_id: client.id, client_secret: client.secret } };
      case 'token': {
        if (client === undefined || !client.known || this.refuses(client, this.#calls)) return invalidClient;
        const accessToken = `token-${this.name}-${this.tokens.size + 1}`;
        const lifeMs = this.lifeMs(client);
        this.tokens.set(accessToken, { client, expiresAt: this.#clock.now() + lifeMs });
        const body = { access_token: accessToken, token_type: 'bearer', expires_in: lifeMs / 1_000 };
        return { status: 201, body };
      }
      case 'api':
        return client === undefined
          ? { status: 401, body: { status: 401, code: 'invalid_access_token', message: '', action: 'none' } }
          : { status: 200, body: { profiles: client.signedIn ? this.#profile() : {} } };
    }
  }

  #profile(): unknown {
    const notBefore = this.#clock.now();
    const attributes = { userID: { value: 'viewer', state: 'plain' } };
    const Provider = {
      notBefore,
      notAfter: notBefore + 24 * hourMs,
      issuer: 'Provider',
      type: 'regular',
      attributes,
    };
    return { Provider };
  }
}

export function callKind({ path }: UpstreamRequest): Call['kind'] {
  if (path === '/o/client/register') return 'register';
  return path === '/o/client/token' ? 'token' : 'api';
}
