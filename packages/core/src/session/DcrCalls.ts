import { dcrHeaders } from '../device/deviceHeaders.js';
import type { Device } from '../device/Device.js';
import type { Clock } from '../clock.js';
import type { UpstreamFailure } from '../http/failure.js';
import { processRegisterClientResponse, registerClientRequest } from '../http/registerClient.js';
import { processRequestAccessTokenResponse, requestAccessTokenRequest } from '../http/requestAccessToken.js';
import { TransportFailure, type Transport, type UpstreamRequest, type UpstreamResponse } from '../http/Transport.js';
import type { EventOf, Failure } from '../registration/event.js';
import type { ClientCredentials } from '../registration/record.js';
import { statementFingerprint } from '../softwareStatement.js';
import type { AddressCooldown } from './AddressCooldown.js';
import type { Admission } from './Admissions.js';
import { dcrFailure, failure, failureOf, type DcrEndpoint } from './failures.js';
import type { StatementGate } from './StatementGate.js';

export interface DcrCallsOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly gate: AddressCooldown;
  readonly statements: StatementGate;
  readonly redirectUri: string | undefined;
  readonly isClosing: () => boolean;
}

type Answer<Event> = Omit<Event, 'now'>;

/** The two calls of Dynamic Client Registration, with everything that may keep them from the wire. Never rejects. */
export class DcrCalls {
  readonly #options: DcrCallsOptions;

  constructor(options: DcrCallsOptions) {
    this.#options = options;
  }

  async register(
    device: Device,
    admission: Admission,
  ): Promise<Answer<EventOf<'registered'>> | Answer<EventOf<'registrationFailed'>>> {
    const { statements, redirectUri, clock } = this.#options;
    const { softwareStatement, statementHash } = admission;
    const request = (): UpstreamRequest =>
      registerClientRequest({ softwareStatement, redirectUri, headers: dcrHeaders(device) });
    const sent = await this.#send('register', device, request);
    if ('code' in sent) return { type: 'registrationFailed', failure: sent };
    const processed = processRegisterClientResponse(sent);
    if (processed.ok) {
      statements.accepted(statementHash);
      const { clientId, clientSecret } = processed;
      const statement = statementFingerprint(softwareStatement);
      const credentials = { clientId, clientSecret, registeredAt: clock.now(), statement };
      return { type: 'registered', credentials };
    }
    const failed = this.#failed('register', device, processed.failure);
    if (failed.code === 'software_statement_rejected') {
      await statements.rejected(statementHash, failed.adobeCode ?? 'unknown');
    }
    return { type: 'registrationFailed', failure: failed };
  }

  async requestToken(
    device: Device,
    credentials: ClientCredentials,
  ): Promise<Answer<EventOf<'tokenIssued'>> | Answer<EventOf<'tokenFailed'>>> {
    const { clientId, clientSecret } = credentials;
    const request = (): UpstreamRequest =>
      requestAccessTokenRequest({ clientId, clientSecret, headers: dcrHeaders(device) });
    const sent = await this.#send('token', device, request);
    if ('code' in sent) return { type: 'tokenFailed', failure: sent };
    const processed = processRequestAccessTokenResponse(sent);
    if (!processed.ok) return { type: 'tokenFailed', failure: this.#failed('token', device, processed.failure) };
    const { accessToken, expiresInMs } = processed;
    return { type: 'tokenIssued', accessToken, requestedAt: sent.requestedAt, lifeMs: expiresInMs };
  }

  async #send(
    endpoint: DcrEndpoint,
    device: Device,
    request: () => UpstreamRequest,
  ): Promise<UpstreamResponse | Failure> {
    const { transport, gate, isClosing } = this.#options;
    try {
      if (isClosing()) return failure('closed', 'the server is shutting down');
      const retryAfterMs = await gate.sharedWaitMs(device.address);
      if (retryAfterMs > 0) {
        return failure('upstream_throttled', 'Adobe Pass throttles the address of the device', { retryAfterMs });
      }
      return await transport.send(request());
    } catch (error) {
      if (!(error instanceof TransportFailure)) return failureOf(error, 'upstream_unavailable');
      const { reason, mayBeProcessed, message } = error;
      return dcrFailure(endpoint, { kind: 'unreachable', reason, mayBeProcessed, message }, 0);
    }
  }

  #failed(endpoint: DcrEndpoint, device: Device, upstream: UpstreamFailure): Failure {
    const retryAfterMs =
      upstream.kind === 'throttled' ? this.#options.gate.throttled(device.address, upstream.retryAfterMs) : 0;
    return dcrFailure(endpoint, upstream, retryAfterMs);
  }
}
