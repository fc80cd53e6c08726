import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';

import type { Application } from '../scenario/scenario.js';
import { SimulatorError } from '../ground/simulatorError.js';

/** A pair of client credentials, which is valid until somebody revokes it. */
export interface Client {
  readonly clientId: string;
  readonly application: Application;
  readonly statementDigest: string;
  /** Epoch milliseconds, simulated. */
  readonly createdAt: number;
  readonly forwardedFor: string | undefined;
  /** Device identifiers seen with this pair's tokens, latest last: DCR itself carries none. */
  readonly devices: Set<string>;
  revoked: boolean;
  tokensIssued: number;
}

export interface ClientFilter {
  readonly application?: string;
  readonly device?: string;
  /** First element of `X-Forwarded-For` of the registration. */
  readonly forwardedFor?: string;
}

/** A registered pair as tests see it: never the secret. */
export interface ClientSummary {
  readonly clientId: string;
  readonly application: string;
  readonly createdAt: number;
  readonly forwardedFor: string | undefined;
  readonly devices: readonly string[];
  readonly revoked: boolean;
  readonly tokensIssued: number;
}

export class Clients {
  readonly #clients = new Map<string, Client & { readonly secretDigest: Buffer }>();
  readonly #latestOfDevice = new Map<string, string>();

  register(registration: Pick<Client, 'application' | 'statementDigest' | 'createdAt' | 'forwardedFor'>): {
    readonly client: Client;
    readonly clientSecret: string;
  } {
    const clientSecret = randomUUID();
    const client = {
      ...registration,
      clientId: randomUUID(),
      secretDigest: sha256(clientSecret),
      devices: new Set<string>(),
      revoked: false,
      tokensIssued: 0,
    };
    this.#clients.set(client.clientId, client);
    return { client, clientSecret };
  }

  get(clientId: string): Client | undefined {
    return this.#clients.get(clientId);
  }

  /** The client if the pair is right and not revoked. */
  authenticate(clientId: string, clientSecret: string): Client | undefined {
    const client = this.#clients.get(clientId);
    if (client === undefined || client.revoked) return undefined;
    return timingSafeEqual(client.secretDigest, sha256(clientSecret)) ? client : undefined;
  }

  setRevoked(clientId: string, revoked: boolean): void {
    const client = this.#clients.get(clientId);
    if (client === undefined)
      throw new SimulatorError('unknown_client', `no client ${JSON.stringify(clientId)} has registered here`);
    client.revoked = revoked;
  }

  sawDevice(clientId: string, device: string): void {
    const client = this.#clients.get(clientId);
    if (client === undefined) return;
    client.devices.add(device);
    this.#latestOfDevice.set(device, clientId);
  }

  /** The pair that last called the API for this device. */
  latestOfDevice(device: string): string | undefined {
    return this.#latestOfDevice.get(device);
  }

  list(filter: ClientFilter = {}): ClientSummary[] {
    return [...this.#clients.values()]
      .filter(
        (client) =>
          (filter.application === undefined || client.application.name === filter.application) &&
          (filter.device === undefined || client.devices.has(filter.device)) &&
          (filter.forwardedFor === undefined || client.forwardedFor === filter.forwardedFor),
      )
      .map(({ clientId, application, createdAt, forwardedFor, devices, revoked, tokensIssued }) => ({
        clientId,
        application: application.name,
        createdAt,
        forwardedFor,
        devices: [...devices],
        revoked,
        tokensIssued,
      }));
  }

  clear(): void {
    this.#clients.clear();
    this.#latestOfDevice.clear();
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
