import { dcrHeaders } from '../device/deviceHeaders.js';
import type { Device } from '../device/Device.js';
import type { Clock } from '../time/clock.js';
import { unreachable, type UpstreamFailure } from '../http/failure.js';
import { processRegisterClientResponse, registerClientRequest } from './registerClient.js';
import { processRequestAccessTokenResponse, requestAccessTokenRequest } from './requestAccessToken.js';
import {
  TransportFailure,
  type Transport,
  type UpstreamRequest,
  type UpstreamResponse,
} from '../http/Transport.js';
import type { EventOf, Failure } from '../registration/event.js';
import type { ClientCredentials } from '../registration/record.js';
import type { SoftwareStatement } from './SoftwareStatement.js';
import type { AddressCooldown } from '../upstream/AddressCooldown.js';
import { failureOf } from '../failures.js';
import { failure } from '../registration/failure.js';
import { dcrFailure, type DcrEndpoint } from './dcrFailure.js';
import type { Timing } from '../timing.js';

/** On whose behalf a call is made. A copy, because the request that the device came with must not be kept. */
export interface DcrCaller {
  readonly headers: Readonly<Record<string, string>>;
  /** The address in `X-Forwarded-For`, by which Adobe Pass throttles; `undefined`: the server's own. */
  readonly address: string | undefined;
}

/** @throws PassError `client_address_invalid`, `header_invalid` */
export function dcrCaller(device: Device): DcrCaller {
  const headers = dcrHeaders(device);
  return { headers, address: headers['x-forwarded-for'] };
}

export interface DcrCallsOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly gate: AddressCooldown;
  readonly redirectUri: string | undefined;
  readonly isClosing: () => boolean;
  readonly timing: Timing;
  /** Keeps a promise until it has settled. */
  readonly track: (work: Promise<unknown>) => void;
}

type Answer<Event> = Omit<Event, 'now'>;

/** The two calls of Dynamic Client Registration, with everything that may keep them from the wire. Never rejects. */
export class DcrCalls {
  readonly #options: DcrCallsOptions;
  /** What other processes say of the address, asked for before the call. */
  readonly #lookedAhead: WeakMap<DcrCaller, { readonly at: number; readonly looked: Promise<unknown> }> =
    new WeakMap();

  constructor(options: DcrCallsOptions) {
    this.#options = options;
  }

  /** Asks the other processes about the caller's address now, beside something else, instead of before its next call. */
  lookAhead(caller: DcrCaller): void {
    const { gate, clock, track } = this.#options;
    const looked = gate.sharedWaitMs(caller.address);
    track(looked);
    this.#lookedAhead.set(caller, { at: clock.now(), looked });
  }

  async register(
    caller: DcrCaller,
    statement: SoftwareStatement,
  ): Promise<Answer<EventOf<'registered'>> | Answer<EventOf<'registrationFailed'>>> {
    const { redirectUri, clock } = this.#options;
    const softwareStatement = statement.reveal();
    const request = registerClientRequest({ softwareStatement, redirectUri, headers: caller.headers });
    const sent = await this.#send('register', caller, request);
    if ('code' in sent) return { type: 'registrationFailed', failure: sent };
    const processed = processRegisterClientResponse(sent);
    if (!processed.ok) {
      return { type: 'registrationFailed', failure: this.#failed('register', caller, processed.failure) };
    }
    const { clientId, clientSecret } = processed;
    const registeredAt = clock.now();
    const credentials = { clientId, clientSecret, registeredAt, statement: statement.fingerprint };
    return { type: 'registered', credentials };
  }

  async requestToken(
    caller: DcrCaller,
    credentials: ClientCredentials,
  ): Promise<Answer<EventOf<'tokenIssued'>> | Answer<EventOf<'tokenFailed'>>> {
    const { clientId, clientSecret } = credentials;
    const request = requestAccessTokenRequest({ clientId, clientSecret, headers: caller.headers });
    const sent = await this.#send('token', caller, request);
    if ('code' in sent) return { type: 'tokenFailed', failure: sent };
    const processed = processRequestAccessTokenResponse(sent);
    if (!processed.ok)
      return { type: 'tokenFailed', failure: this.#failed('token', caller, processed.failure) };
    const { accessToken, requestedAt, lifeMs } = processed;
    return { type: 'tokenIssued', accessToken, requestedAt, lifeMs };
  }

  async #send(
    endpoint: DcrEndpoint,
    caller: DcrCaller,
    request: UpstreamRequest,
  ): Promise<UpstreamResponse | Failure> {
    const { transport, isClosing } = this.#options;
    try {
      if (isClosing()) return failure('closed', 'the server is shutting down');
      const retryAfterMs = await this.#waitMs(caller);
      if (retryAfterMs > 0) {
        return failure('upstream_throttled', 'Adobe Pass throttles the address of the device', {
          retryAfterMs,
        });
      }
      // The cache may have taken its time.
      if (isClosing()) return failure('closed', 'the server is shutting down');
      return await transport.send(request);
    } catch (error) {
      if (!(error instanceof TransportFailure))
        return failureOf(error, 'upstream_unavailable', this.#options.timing.calls.retryAfterMs);
      return dcrFailure(endpoint, unreachable(error), 0);
    }
  }

  async #waitMs(caller: DcrCaller): Promise<number> {
    const { gate, clock } = this.#options;
    const ahead = this.#lookedAhead.get(caller);
    this.#lookedAhead.delete(caller);
    if (ahead === undefined || clock.now() - ahead.at > this.#options.timing.upstream.lookedAheadMs)
      return await gate.sharedWaitMs(caller.address);
    await ahead.looked;
    return gate.waitMs(caller.address);
  }

  #failed(endpoint: DcrEndpoint, caller: DcrCaller, upstream: UpstreamFailure): Failure {
    const retryAfterMs =
      upstream.kind === 'throttled' ? this.#options.gate.throttled(caller.address, upstream.retryAfterMs) : 0;
    return dcrFailure(endpoint, upstream, retryAfterMs);
  }
}
