import {
  TransportFailure,
  type Transport,
  type UpstreamRequest,
  type UpstreamResponse,
} from '../../src/http/Transport.js';
import type { Clock } from '../../src/time/clock.js';
import type { Answer } from './answers.js';
import { configuration, issued, profiles, registered, session } from './documents.js';

export type Endpoint = 'register' | 'token' | 'api';

/** Adobe Pass that answers with what a run prepared, and well when that is used up. Takes every credential for good. */
export class FuzzedUpstream implements Transport {
  readonly sent: UpstreamRequest[] = [];
  readonly #clock: Clock;
  readonly #prepared: Record<Endpoint, Answer[]> = { register: [], token: [], api: [] };
  #made = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  prepare(endpoint: Endpoint, answers: readonly Answer[]): void {
    this.#prepared[endpoint] = [...answers];
  }

  /** From now on every answer is good. */
  heal(): void {
    for (const endpoint of ['register', 'token', 'api'] as const) this.prepare(endpoint, []);
  }

  count(endpoint: Endpoint): number {
    return this.sent.filter((request) => endpointOf(request) === endpoint).length;
  }

  async send(request: UpstreamRequest): Promise<UpstreamResponse> {
    this.sent.push(request);
    const requestedAt = this.#clock.now();
    const answer = this.#prepared[endpointOf(request)].shift() ?? this.#good(request);
    if (answer instanceof TransportFailure) throw answer;
    return { ...answer, requestedAt };
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  #good({ path, method }: UpstreamRequest): Answer {
    this.#made += 1;
    const json = (status: number, body: unknown): Answer => ({
      status,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
    });
    if (path === '/o/client/register') return json(201, { ...registered, client_id: `client-${this.#made}` });
    if (path === '/o/client/token')
      return json(201, { ...issued, access_token: `${issued.access_token}${this.#made}` });
    if (path.endsWith('/configuration')) return json(200, configuration);
    if (path.endsWith('/profiles')) return json(200, profiles);
    return json(method === 'GET' ? 200 : 201, session);
  }
}

export function endpointOf({ path }: UpstreamRequest): Endpoint {
  if (path === '/o/client/register') return 'register';
  return path === '/o/client/token' ? 'token' : 'api';
}
