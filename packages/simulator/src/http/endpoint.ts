import type { IncomingHttpHeaders } from 'node:http';

import type { SimulatedEndpointName } from '../ground/endpointName.js';
import type { World } from '../world.js';
import type { Reply } from './reply.js';

/** One request, read completely. */
export interface Call {
  readonly method: string;
  /** Decoded values of the `:names` in the endpoint's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** First element of `X-Forwarded-For`. */
  readonly forwardedFor: string | undefined;
  /** Where the connection comes from. */
  readonly peer: string | undefined;
  /** Decoded `AP-Device-Identifier`, if there is a well-formed one. */
  readonly device: string | undefined;
  /** Bearer token of `Authorization`. */
  readonly accessToken: string | undefined;
  /** Simulated epoch milliseconds. */
  readonly now: number;
  /** What the server believes the time to be when it says so: `now` unless a fault skews it. */
  readonly shownNow: number;
}

export type ErrorShape = 'dcr' | 'enhanced' | 'page';

export type Method = 'GET' | 'POST' | 'DELETE';

/** What is behind a path. */
export interface Handler {
  /** Shape of its error bodies. `page`: what a browser opens, also from a page of another site. */
  readonly errors: ErrorShape;
  /** The pair that a request speaks for, before anything is checked. Default: that of its bearer token. */
  readonly clientIdOf?: (call: Call) => string | undefined;
  /** Answers synchronously, so that no two requests interleave. */
  readonly handle: (call: Call, world: World) => Reply;
}

export interface Endpoint extends Handler {
  readonly methods: readonly Method[];
  /** `/api/v2/:serviceProvider/profiles`: segments, literal or named; a last one named `:path*` takes any number. */
  readonly path: string;
}

/** One for each name, and in this order: where two paths fit, the first wins. */
export type Endpoints = { readonly [Name in SimulatedEndpointName]: Endpoint };
