import { randomBytes } from 'node:crypto';

import type { Clock } from './clock/virtualClock.js';
import { resolveSigningKey, type SigningKey } from './crypto/signingKey.js';
import { resolveScenario } from './scenario/resolveScenario.js';
import type { Scenario, ScenarioOptions } from './scenario/scenario.js';
import { invalidArgument } from './ground/simulatorError.js';
import type { ThrottleBurst } from './throttle/throttle.js';
import { isLoopback, type ThrottleMode } from './throttle/throttleKey.js';

export type UnauthorizedBody = 'enhanced' | 'legacy' | 'empty';

/** Every default is what the real service is seen to do, or else what Adobe's pages say. */
export interface SimulatorOptions extends ScenarioOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `'127.0.0.1'`. On any other than a loopback address, the control API needs the control token. */
  readonly host?: string;
  /** Names besides IP addresses and `localhost` that a `Host` header may carry, as in a container network. */
  readonly allowedHosts?: readonly string[];
  /** Demanded by the control API as Bearer token. Default: none on loopback, else a random one, see `Simulator.controlToken`. */
  readonly controlToken?: string;
  /** The time that the virtual clock adds its offset to. Default: real time. `{ now: () => 0 }` stands still between advances. */
  readonly clock?: Clock;
  /** Default 21600, as in real tokens. */
  readonly accessTokenLifeSeconds?: number;
  /** Default 420, as Adobe's page has it; one programmer's are seen to live for 300. */
  readonly mediaTokenLifeSeconds?: number;
  /** Where decisions say that nobody is signed in: of each item (default), or with 403 of the whole call. Both are seen. */
  readonly missingProfile?: 'items' | 'call';
  /** The same, of more resources than are allowed. Default `'call'`. */
  readonly tooManyResources?: 'call' | 'items';
  /** Default `'forwarded'`: a loopback peer without `X-Forwarded-For` is not throttled. `'always'` | `'off'`. */
  readonly throttle?: ThrottleMode;
  /** Default `'recovering'` (nginx `limit_req`); `'once'` never gives the burst of 10 back. */
  readonly throttleBurst?: ThrottleBurst;
  /** Status of a successful register or token call. Default 201; older pages say 200. */
  readonly successStatus?: 200 | 201;
  /** Unit of `client_id_issued_at`. Default `'seconds'` (the page's sample); a screenshot of Adobe's shows milliseconds. */
  readonly clientIdIssuedAt?: 'seconds' | 'milliseconds';
  /** Body of a 401. Default `'enhanced'`; `'legacy'` is `{"error":"access_denied"}`. */
  readonly unauthorizedBody?: UnauthorizedBody;
  /** What a token request of a pair gets whose statement was revoked. Undocumented; default `'invalid_client'`. */
  readonly revokedStatementError?: 'invalid_client' | 'unauthorized_client';
  /**
   * Default false. True: a software statement that the simulator did not sign, such as the one an app ships with, stands
   * for the first application of the scenario, if it is a well-formed RS256 JWT of `auth.adobe.com`.
   */
  readonly acceptForeignStatements?: boolean;
  /** Default false: a browser may call only from pages of the same site. True: web apps and extensions may call from anywhere. */
  readonly cors?: boolean;
  /** Default false: as tolerant as the real service is seen to be. True: the letter of the pages for media types and `X-Device-Info`. */
  readonly strict?: boolean;
  /** `'development'` (default; the same in every simulator), `'generated'`, or an RSA private key as PEM. */
  readonly signingKey?: 'development' | 'generated' | (string & {});
  /** Real milliseconds that every register call takes. Default 0. For other latencies use a fault with `delayMs`. */
  readonly registerDelayMs?: number;
  /** How many of the latest requests the ledger keeps. Default 100 000. */
  readonly ledgerCapacity?: number;
}

export interface ResolvedOptions {
  readonly port: number;
  readonly host: string;
  readonly allowedHosts: ReadonlySet<string>;
  readonly controlToken: string | undefined;
  readonly clock: Clock | undefined;
  readonly scenario: Scenario;
  readonly accessTokenLifeSeconds: number;
  readonly mediaTokenLifeSeconds: number;
  readonly missingProfile: 'items' | 'call';
  readonly tooManyResources: 'call' | 'items';
  readonly throttle: ThrottleMode;
  readonly throttleBurst: ThrottleBurst;
  readonly successStatus: 200 | 201;
  readonly clientIdIssuedAt: 'seconds' | 'milliseconds';
  readonly unauthorizedBody: UnauthorizedBody;
  readonly revokedStatementError: 'invalid_client' | 'unauthorized_client';
  readonly acceptForeignStatements: boolean;
  readonly cors: boolean;
  readonly strict: boolean;
  readonly signingKey: SigningKey;
  readonly registerDelayMs: number;
  readonly ledgerCapacity: number;
}

export function resolveOptions(options: SimulatorOptions): ResolvedOptions {
  const host = options.host ?? '127.0.0.1';
  return Object.freeze({
    port: integer('port', options.port ?? 0, 0, 65_535),
    host,
    allowedHosts: new Set([host, ...(options.allowedHosts ?? [])].map((name) => name.toLowerCase())),
    controlToken:
      options.controlToken ?? (isLoopback(host) ? undefined : randomBytes(24).toString('base64url')),
    clock: options.clock,
    scenario: resolveScenario(options),
    accessTokenLifeSeconds: integer(
      'accessTokenLifeSeconds',
      options.accessTokenLifeSeconds ?? 21_600,
      1,
      10 ** 9,
    ),
    mediaTokenLifeSeconds: integer('mediaTokenLifeSeconds', options.mediaTokenLifeSeconds ?? 420, 1, 10 ** 9),
    missingProfile: oneOf('missingProfile', options.missingProfile ?? 'items', ['items', 'call']),
    tooManyResources: oneOf('tooManyResources', options.tooManyResources ?? 'call', ['call', 'items']),
    throttle: oneOf('throttle', options.throttle ?? 'forwarded', ['always', 'forwarded', 'off']),
    throttleBurst: oneOf('throttleBurst', options.throttleBurst ?? 'recovering', ['recovering', 'once']),
    successStatus: oneOf('successStatus', options.successStatus ?? 201, [200, 201]),
    clientIdIssuedAt: oneOf('clientIdIssuedAt', options.clientIdIssuedAt ?? 'seconds', [
      'seconds',
      'milliseconds',
    ]),
    unauthorizedBody: oneOf('unauthorizedBody', options.unauthorizedBody ?? 'enhanced', [
      'enhanced',
      'legacy',
      'empty',
    ]),
    revokedStatementError: oneOf('revokedStatementError', options.revokedStatementError ?? 'invalid_client', [
      'invalid_client',
      'unauthorized_client',
    ]),
    acceptForeignStatements: oneOf('acceptForeignStatements', options.acceptForeignStatements ?? false, [
      true,
      false,
    ]),
    cors: oneOf('cors', options.cors ?? false, [true, false]),
    strict: oneOf('strict', options.strict ?? false, [true, false]),
    signingKey: resolveSigningKey(options.signingKey ?? 'development'),
    registerDelayMs: integer('registerDelayMs', options.registerDelayMs ?? 0, 0, 600_000),
    ledgerCapacity: integer('ledgerCapacity', options.ledgerCapacity ?? 100_000, 1, 10 ** 7),
  });
}

function integer(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw invalidArgument(name, `an integer from ${min} to ${max}`, value);
  return value;
}

function oneOf<const T>(name: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value))
    throw invalidArgument(name, `one of ${allowed.map(String).join(', ')}`, value);
  return value;
}
