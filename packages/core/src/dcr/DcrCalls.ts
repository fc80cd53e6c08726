import type { Device } from '../device/Device.js';
import { dcrHeaders } from '../device/deviceHeaders.js';
import { failureOf } from '../failures.js';
import { echoesOf, withoutEchoes } from '../http/echoes.js';
import type { Processed } from '../http/failure.js';
import type { UpstreamRequest, UpstreamResponse } from '../http/Transport.js';
import type { Answer, Failure } from '../registration/event.js';
import type { ClientCredentials } from '../registration/record.js';
import type { Clock } from '../time/clock.js';
import type { Upstream } from '../upstream/Upstream.js';
import { dcrFailure, type DcrEndpoint } from './dcrFailure.js';
import { processRegisterClientResponse, registerClientRequest } from './registerClient.js';
import { processRequestAccessTokenResponse, requestAccessTokenRequest } from './requestAccessToken.js';
import type { SoftwareStatement } from './SoftwareStatement.js';
import type { Timing } from '../timing.js';

/** On whose behalf a call is made. A copy, because the request that the device came with must not be kept. */
export interface DcrCaller {
  readonly headers: Readonly<Record<string, string>>;
  /** The address in `X-Forwarded-For`, by which Adobe Pass throttles; `undefined`: the server's own. */
  readonly address: string | undefined;
}

/** @throws PassError `header_invalid` */
export function dcrCaller(device: Device): DcrCaller {
  const headers = dcrHeaders(device);
  return { headers, address: headers['x-forwarded-for'] };
}

export interface DcrCallsOptions {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly redirectUri: string | undefined;
  readonly timing: Timing['calls'];
}

type Told<Value> =
  { readonly ok: true; readonly answer: Value } | { readonly ok: false; readonly failure: Failure };

/** The two calls of Dynamic Client Registration, in the words of the machine. Never rejects. */
export class DcrCalls {
  readonly #options: DcrCallsOptions;

  constructor(options: DcrCallsOptions) {
    this.#options = options;
  }

  /** Asks the other processes about the caller's address now, beside something else, instead of before its next call. */
  lookAhead({ address }: DcrCaller): void {
    this.#options.upstream.lookAhead(address);
  }

  async register(
    { headers }: DcrCaller,
    statement: SoftwareStatement,
  ): Promise<Answer<'registered'> | Answer<'registrationFailed'>> {
    const { redirectUri, clock } = this.#options;
    const request = registerClientRequest({ softwareStatement: statement.reveal(), redirectUri, headers });
    const told = await this.#send('register', request, processRegisterClientResponse, [statement.reveal()]);
    if (!told.ok) return { type: 'registrationFailed', failure: told.failure };
    const { clientId, clientSecret } = told.answer;
    const registeredAt = clock.now();
    const credentials = { clientId, clientSecret, registeredAt, statement: statement.fingerprint };
    return { type: 'registered', credentials };
  }

  async requestToken(
    { headers }: DcrCaller,
    { clientId, clientSecret }: ClientCredentials,
  ): Promise<Answer<'tokenIssued'> | Answer<'tokenFailed'>> {
    const request = requestAccessTokenRequest({ clientId, clientSecret, headers });
    const told = await this.#send('token', request, processRequestAccessTokenResponse, [
      clientId,
      clientSecret,
    ]);
    return told.ok ? { type: 'tokenIssued', ...told.answer } : { type: 'tokenFailed', failure: told.failure };
  }

  /** The machine repeats calls by itself, and shares its waits with the other processes. */
  async #send<Value>(
    endpoint: DcrEndpoint,
    request: UpstreamRequest,
    read: (response: UpstreamResponse) => Processed<Value>,
    secrets: readonly string[],
  ): Promise<Told<Value>> {
    const { upstream } = this.#options;
    try {
      const outcome = await upstream.send({ endpoint, request, read, attempt: 1, turn: { kind: 'now' } });
      if (outcome.kind === 'answered') return { ok: true, answer: outcome.answer };
      const failed =
        outcome.kind === 'failed'
          ? { ...outcome, failure: withoutEchoes(outcome.failure, echoesOf(secrets)) }
          : outcome;
      return { ok: false, failure: dcrFailure(endpoint, failed) };
    } catch (error) {
      return {
        ok: false,
        failure: failureOf(error, 'upstream_unavailable', this.#options.timing.retryAfterMs),
      };
    }
  }
}
