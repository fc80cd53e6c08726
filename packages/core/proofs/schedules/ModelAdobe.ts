import type { UpstreamRequest } from '../../src/http/Transport.js';
import { markers, type SimDevice } from './fleet.js';
import type { World } from './World.js';

/** What Adobe Pass answers, before anything happens to it on its way. */
export interface ModelAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Set by a successful registration. */
  readonly registered?: string;
}

export interface ModelClient {
  readonly id: string;
  readonly secret: string;
  readonly device: number;
  alive: boolean;
  /** Refusals that were nobody's fault; Adobe Pass is cured after two. */
  strays: number;
}

export interface ModelToken {
  readonly value: string;
  readonly client: ModelClient;
  readonly expiresAt: number;
  revoked: boolean;
}

export type CallKind = 'register' | 'token' | 'api';

export function callKind({ path }: UpstreamRequest): CallKind {
  if (path === '/o/client/register') return 'register';
  return path === '/o/client/token' ? 'token' : 'api';
}

const json = 'application/json;charset=utf-8';

function jsonAnswer(status: number, body: unknown): ModelAnswer {
  return { status, contentType: json, body: JSON.stringify(body) };
}

/** Adobe Pass as the protocol has it: who registered, which pairs and tokens are good. Faults come from outside. */
export class ModelAdobe {
  readonly clients: Map<string, ModelClient> = new Map();
  readonly tokens: Map<string, ModelToken> = new Map();
  readonly #world: World;
  readonly #lifeMs: number;
  readonly #devices: readonly SimDevice[];

  constructor(world: World, lifeMs: number, devices: readonly SimDevice[]) {
    this.#world = world;
    this.#lifeMs = lifeMs;
    this.#devices = devices;
  }

  answer(request: UpstreamRequest): ModelAnswer {
    switch (callKind(request)) {
      case 'register':
        return this.#register(request);
      case 'token':
        return this.#token(request);
      case 'api':
        return this.#profiles(request);
    }
  }

  deviceOf(request: UpstreamRequest): number {
    const userAgent = request.headers['user-agent'];
    return this.#devices.findIndex((device) => device.userAgent === userAgent);
  }

  /** The client that a token request names. */
  clientOf(request: UpstreamRequest): ModelClient | undefined {
    return this.clients.get(new URLSearchParams(request.body).get('client_id') ?? '');
  }

  #register(request: UpstreamRequest): ModelAnswer {
    const number = this.clients.size + 1;
    const client: ModelClient = {
      id: `${markers.clientId}-${number}`,
      secret: `${markers.clientSecret}-${number}`,
      device: this.deviceOf(request),
      alive: true,
      strays: 0,
    };
    this.clients.set(client.id, client);
    const answer = jsonAnswer(201, {
      client_id: client.id,
      client_secret: client.secret,
      client_id_issued_at: this.#world.now,
      redirect_uris: ['app://redirect'],
      grant_types: ['client_credentials'],
    });
    return { ...answer, registered: client.id };
  }

  #token(request: UpstreamRequest): ModelAnswer {
    const client = this.clientOf(request);
    const secret = new URLSearchParams(request.body).get('client_secret');
    if (client === undefined || client.secret !== secret || !client.alive) {
      return jsonAnswer(400, { error: 'invalid_client' });
    }
    const value = `${markers.token}-${this.tokens.size + 1}`;
    const token: ModelToken = { value, client, expiresAt: this.#world.now + this.#lifeMs, revoked: false };
    this.tokens.set(value, token);
    return jsonAnswer(201, {
      id: `token-${this.tokens.size}`,
      access_token: value,
      token_type: 'bearer',
      expires_in: this.#lifeMs / 1_000,
      created_at: this.#world.now,
    });
  }

  #profiles(request: UpstreamRequest): ModelAnswer {
    const token = this.tokens.get((request.headers['authorization'] ?? '').replace('Bearer ', ''));
    if (token === undefined || token.revoked || this.#world.now >= token.expiresAt) {
      return jsonAnswer(401, {
        status: 401,
        code: 'invalid_access_token',
        message: 'The access token is not valid.',
        action: 'none',
      });
    }
    return jsonAnswer(200, { profiles: {} });
  }
}
