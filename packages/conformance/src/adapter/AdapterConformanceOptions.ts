import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Device, Pass, PassClient } from '@pass-dcr/core';
import type { RunnerExpect, RunnerIt } from '../runner.js';

/** What a device function reads of a request, as all frameworks on top of `node:http` have it. */
export interface NodeHeaders {
  readonly headers: IncomingHttpHeaders;
}

/** One mounted adapter, with the options that all adapters have. */
export interface AdapterMount {
  readonly pass: Pass;
  /** To be handed over as it is: an adapter tells by it whether it is mounted twice in the same way. */
  readonly device: (request: NodeHeaders) => Device | undefined | Promise<Device | undefined>;
  readonly authenticate?: 'eager' | 'lazy' | undefined;
  readonly as?: string | undefined;
}

/** What a route of the suite does with a request. What `handle` returns is answered as JSON with status 200. */
export interface AdapterRoute {
  readonly method: 'GET' | 'POST';
  /** Begins with `/`, has no parameters. */
  readonly path: string;
  readonly handle: (exchange: AdapterExchange) => unknown;
}

export interface AdapterExchange {
  /** By the property that the adapter sets, such as `req.pass`; `undefined` where it set none. */
  property(name: string): unknown;
  /** By the adapter's `getPass` or its like. */
  client(as?: string): PassClient;
  /** The body, of which nothing has been read. */
  readonly body: Readable;
  /** The other end of the socket. */
  readonly socketPort: number | undefined;
}

/** An application as a user of the adapter would write it. */
export interface AdapterApplication {
  /** Which proxies the framework is told to trust: none, all on this host, or so many before this server. */
  readonly trustedProxies: 'none' | 'loopback' | number;
  /** Mounted in this order, for `routes`. */
  readonly mounts: readonly AdapterMount[];
  readonly routes: readonly AdapterRoute[];
  /** Routes that the adapter is not mounted for. */
  readonly openRoutes: readonly AdapterRoute[];
  /** Sees every error that the framework's error handling sees, before it is answered. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export interface ServedApplication {
  readonly port: number;
  /** Stops listening, lets running requests end, then closes the server. Does not close any `Pass`. */
  close(): Promise<void>;
}

/** What an adapter cannot do because its framework cannot; each is reported as skipped. */
export interface AdapterLimits {
  /** Why the same `Pass` cannot be mounted twice for one route. */
  readonly mountedTwice?: string | undefined;
}

export interface AdapterConformanceOptions {
  readonly it: RunnerIt;
  readonly expect: RunnerExpect;
  /** Builds the application with the framework and the adapter, and listens on a free port of 127.0.0.1 and ::1. */
  readonly serve: (application: AdapterApplication) => Promise<ServedApplication>;
  readonly limits?: AdapterLimits | undefined;
  /** After which an answer, or the end of a server, is taken to be missing. Default 8 000. */
  readonly patienceMs?: number | undefined;
}

export interface AdapterConformanceReport {
  /** Every case that was handed to `it`. */
  readonly cases: readonly string[];
  /** Cases that were not run, and why. They are skipped visibly, not passed. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}
