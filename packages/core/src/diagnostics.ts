import { channel, type Channel } from 'node:diagnostics_channel';
import type { PassErrorCode } from './errors.js';

/**
 * What happened to a device. `device` is a keyed hash of the identifier: the same device has the same tag in every
 * process that shares the secret, and the identifier cannot be computed from it.
 */
export type PassEvent =
  | { readonly type: 'credentialsRegistered'; readonly device: string; readonly generation: number }
  /** The cache had lost the pair; this process has put it back. */
  | { readonly type: 'credentialsRestored'; readonly device: string; readonly generation: number }
  /** Registered while the cache could not be asked, and used unstored: `onCacheDown: 'ephemeral'`. */
  | { readonly type: 'credentialsEphemeral'; readonly device: string }
  /** Registered upstream but not used, because another process was first, or because the replacement was not needed. */
  | { readonly type: 'credentialsOrphaned'; readonly device: string }
  | { readonly type: 'credentialsConflict'; readonly device: string; readonly generation: number }
  | { readonly type: 'credentialsRefused'; readonly device: string; readonly refusals: number }
  /** The pair of the device was replaced: its viewer must sign in again. */
  | {
      readonly type: 'credentialsReplaced';
      readonly device: string;
      readonly generation: number;
      readonly viewerMustSignIn: true;
    }
  /** A pair that had been replaced works again, and has taken its place again. */
  | {
      readonly type: 'credentialsReinstated';
      readonly device: string;
      readonly generation: number;
      /** A viewer had signed in with it. */
      readonly wasSignedIn: boolean;
    }
  /** `pass.restore` put back the pair that had been replaced. */
  | { readonly type: 'replacementUndone'; readonly device: string; readonly generation: number }
  /**
   * Before a call that may bind a viewer, the cache has shown another pair of the device than this process knew: the call
   * goes out with that one.
   */
  | { readonly type: 'credentialsChanged'; readonly device: string; readonly generation: number }
  /** An answer has shown a viewer's sign-in on the pair: noted with it, once a day. */
  | { readonly type: 'signInNoted'; readonly device: string; readonly generation: number }
  | { readonly type: 'signOutNoted'; readonly device: string; readonly generation: number }
  /** `pass.forget` has taken all pairs up to the one before `generation` away. */
  | { readonly type: 'deviceForgotten'; readonly device: string; readonly generation: number }
  | { readonly type: 'replacementSuspended'; readonly device: string; readonly reason: string }
  /**
   * Adobe Pass refuses too many pairs, or one that nobody had doubted: nothing is replaced. Each process that notices tells
   * it once, with what it knew of the fleet: devices newly refused and devices that asked within a minute, devices refused
   * and not served since, devices served within hours.
   */
  | {
      readonly type: 'incidentBegan';
      readonly cause: 'newly_refused' | 'refused' | 'witness_refused';
      readonly newly: number;
      readonly asked: number;
      readonly refused: number;
      readonly served: number;
    }
  /** As this process saw it. */
  | { readonly type: 'incidentEnded'; readonly lastedMs: number }
  /** The operator's word: for `forMs`, so many devices more may be given a new pair. */
  | { readonly type: 'replacementsAllowed'; readonly forMs: number; readonly maxDevices: number }
  | {
      readonly type: 'tokenIssued';
      readonly device: string;
      readonly lifeMs: number;
      readonly background: boolean;
    }
  | { readonly type: 'tokenRefreshForced'; readonly device: string }
  /** A background renewal failed; the old token is served to its true expiry. */
  | {
      readonly type: 'renewalPostponed';
      readonly device: string;
      readonly code: PassErrorCode;
      readonly retryAfterMs: number;
    }
  /**
   * A caller was given a `PassError`: by a method of a client or of a `Pass`, or by an adapter. Once for each error,
   * whichever way it took. `message` is the error's own.
   */
  | {
      readonly type: 'requestFailed';
      readonly code: PassErrorCode;
      /** What this server answers with: 400 the device's fault, 500 configuration, 502 Adobe Pass, 503 not now. */
      readonly status: number;
      readonly message: string;
      /** What was asked of Adobe Pass; `token`: no more than to be authenticated. Absent: it failed before, or elsewhere. */
      readonly endpoint?: UpstreamEndpoint;
      /** Absent where no device was named, or none that can be one. */
      readonly device?: string;
      readonly retryAfterMs?: number;
      readonly adobeStatus?: number;
      readonly adobeCode?: string;
    }
  | {
      readonly type: 'cacheFailed';
      readonly device: string;
      readonly operation: 'read' | 'swap';
      readonly message: string;
    }
  | {
      readonly type: 'recordUnreadable';
      readonly device: string;
      readonly record: 'credentials' | 'token';
    }
  /** The cache can be reached again: for `heldOffMs` no device is registered, until every server has put its pairs back. */
  | { readonly type: 'cacheReconnected'; readonly heldOffMs: number }
  /**
   * The cache has lost pairs that it had stored: this process looks for all that it knows of those parts of the cache, and
   * puts back what is missing. For `heldOffMs` at least no device of these parts is registered.
   */
  | { readonly type: 'cacheLostData'; readonly pairsToCheck: number; readonly heldOffMs: number }
  /** Every few seconds of that: so many are not known to be back, and so many were put back so far. Last with `pairsLeft` 0. */
  | { readonly type: 'pairsPutBack'; readonly pairsLeft: number; readonly pairsPutBack: number }
  /**
   * So many pairs are not known to be back, and nobody waits for them any more: none has come back for half a minute
   * (`stalled`), it has taken ten minutes (`too_long`), or the process ends (`closed`). Another server that does not know
   * such a pair registers its device anew. Except for `closed`, this process goes on looking for them.
   */
  | {
      readonly type: 'recoveryIncomplete';
      readonly pairsLeft: number;
      readonly reason: 'stalled' | 'too_long' | 'closed';
    }
  /** `pass.allowRegistration`: devices are registered though pairs are still being put back. */
  | { readonly type: 'registrationAllowed'; readonly pairsLeft: number }
  /** Adobe Pass rejected a software statement that it took before: it is tried again before this is believed. */
  | { readonly type: 'statementDoubted'; readonly adobeCode: string }
  /** It is believed. Told by the server that tried the statement, each time that one does. */
  | { readonly type: 'statementRejected'; readonly adobeCode: string; readonly blockedForMs: number }
  /** `pass.retryStatement`: the next new device presents the statement at once. */
  | { readonly type: 'statementRetried' }
  /**
   * Adobe Pass answered 429. `address`: a keyed hash of the address (IPv6: of its /64), the same in every process that shares
   * the secret, or `server`, which is all devices without one.
   */
  | { readonly type: 'addressThrottled'; readonly address: string; readonly waitMs: number }
  /**
   * One exchange with Adobe Pass has ended: with an answer of that status, or with none. `attempt`: 1, and one more for
   * each repetition within one call of a client; a run of the registration repeats by itself, and always tells 1.
   */
  | ({
      readonly type: 'upstreamAnswered';
      readonly endpoint: UpstreamEndpoint;
      readonly attempt: number;
      readonly durationMs: number;
    } & (
      | { readonly status: number; readonly reason?: never }
      | { readonly status?: never; readonly reason: 'timeout' | 'connection' | 'too_large' }
    ))
  /** `count`: how often it was met since it was last told, where any device can cause it. */
  | {
      readonly type: 'warning';
      readonly code: PassWarningCode;
      readonly message: string;
      readonly count?: number;
    };

/** What a call to Adobe Pass asks for. A few names, of which none tells on whose behalf. */
export type UpstreamEndpoint =
  | 'register'
  | 'token'
  | 'configuration'
  | 'sessions'
  | 'profiles'
  | 'preauthorize'
  | 'authorize'
  | 'logout'
  | 'partnerSso'
  /** Whatever `client.request` was given. */
  | 'request'
  /** Of a server's own Pass. */
  | 'resetTempPass'
  | 'esm'
  /** Whatever `server.request` was given. */
  | 'management';

/** Conditions that do not stop a request but that somebody should look at. Listed in docs/errors.md. */
export const warningTable = {
  memory_cache: 'memoryCache() forgets every device when the process ends.',
  device_info_malformed:
    'X-Device-Info is not Base64 of a JSON object; it is forwarded as it is, or left out where it may name an address.',
  client_address_not_public:
    'The client address is private, loopback, absent or unreadable; it is not forwarded.',
  readiness: 'pass.readiness() has found something of the level error.',
  trust_proxy_open: 'Every proxy is trusted, so any client can choose its address.',
} as const;

export type PassWarningCode = keyof typeof warningTable;

/** The name of the `node:diagnostics_channel` on which every `PassEvent` is published. */
export const passEventChannel = 'pass-dcr:event';

const events: Channel = channel(passEventChannel);

/** @internal For events that cost something to make. */
export function hasListeners(): boolean {
  return events.hasSubscribers;
}

/** @internal */
export function publish(event: PassEvent): void {
  if (events.hasSubscribers) events.publish(event);
}

/** @internal */
export function publishWarning(code: PassWarningCode, message: string): void {
  publish({ type: 'warning', code, message });
}

/**
 * @internal A warning of what costs viewers. Where nobody listens, Node prints it, as `PassDcrWarning` with a code such as
 * `PASS_DCR_TRUST_PROXY_OPEN`: a server whose operator has not subscribed yet is the one that needs it most.
 */
export function warnOperators(code: PassWarningCode, message: string): void {
  if (hasListeners()) publishWarning(code, message);
  else process.emitWarning(message, { type: 'PassDcrWarning', code: `PASS_DCR_${code.toUpperCase()}` });
}
