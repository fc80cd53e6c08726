import type { ClientCredentials, CredentialsRecord, LeaseRecord, Slot, TokenRecord } from './record.js';

/** Why a run cannot go on. The codes are those of `PassError`. */
export type FailureCode =
  | 'access_token_rejected'
  | 'cache_format_unsupported'
  | 'cache_record_unreadable'
  | 'cache_unavailable'
  | 'client_credentials_rejected'
  | 'closed'
  | 'option_invalid'
  | 'registration_limited'
  | 'registration_refused'
  | 'replacement_suspended'
  | 'secret_mismatch'
  | 'software_statement_doubted'
  | 'software_statement_malformed'
  | 'software_statement_rejected'
  | 'software_statement_unavailable'
  | 'token_refused'
  | 'upstream_response_invalid'
  | 'upstream_throttled'
  | 'upstream_unavailable';

export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly retryAfterMs: number | null;
  /** The HTTP status and the error code that Adobe Pass answered, where it did. */
  readonly adobeStatus: number | null;
  readonly adobeCode: string | null;
}

export type Swapped<Value> =
  | { readonly ok: true; readonly version: string | null }
  | { readonly ok: false; readonly current: Slot<Value> };

/** Everything that can happen to a device. Past or need; `now` is epoch milliseconds. */
export type Event = { readonly now: number } & (
  | { readonly type: 'tokenNeeded' }
  /** A 401 named this token. */
  | { readonly type: 'tokenRejected'; readonly accessToken: string }
  /** The cache may have lost the pair. Only for a device at rest. */
  | { readonly type: 'lossSuspected' }
  /** Another pair is suspect: renew the token of this device early, to see whether Adobe Pass knows anybody. At rest. */
  | { readonly type: 'witnessWanted' }
  | {
      readonly type: 'recordsRead';
      readonly credentials: Slot<CredentialsRecord>;
      readonly token: Slot<TokenRecord>;
      readonly lease: Slot<LeaseRecord>;
    }
  /** A read or a swap was rejected: a swap's outcome is then unknown. */
  | { readonly type: 'cacheFailed'; readonly failure: Failure }
  | { readonly type: 'leaseSwapped'; readonly result: Swapped<LeaseRecord> }
  | { readonly type: 'credentialsSwapped'; readonly result: Swapped<CredentialsRecord> }
  | { readonly type: 'tokenSwapped'; readonly result: Swapped<TokenRecord> }
  /** A place among the registrations on the wire is reserved; it is given back when the registration has ended. */
  | { readonly type: 'registrationAdmitted' }
  /** There is a place to register the device, if it is new. It is kept as long as `keepsPlace` says. */
  | { readonly type: 'queuePassed' }
  /** The cache may have lost the pair that another process is about to put back: look again after `retryAfterMs`. */
  | { readonly type: 'registrationHeldOff'; readonly failure: Failure }
  | { readonly type: 'registered'; readonly credentials: ClientCredentials }
  | { readonly type: 'registrationFailed'; readonly failure: Failure }
  | {
      readonly type: 'tokenIssued';
      readonly accessToken: string;
      /** Epoch milliseconds at which the request started. */
      readonly requestedAt: number;
      readonly lifeMs: number;
    }
  /** `client_credentials_rejected` is Adobe's `invalid_client`, the only word that may start a replacement. */
  | { readonly type: 'tokenFailed'; readonly failure: Failure }
  /** `againInMs`: the pair is to be tried again after this time; `null`: it may be replaced. */
  | { readonly type: 'refusalWeighed'; readonly againInMs: number | null }
  | { readonly type: 'placeTaken' }
  | { readonly type: 'replacementSuspended'; readonly failure: Failure }
  /** `wanted`: some caller still waits. */
  | { readonly type: 'waited'; readonly wanted: boolean }
  /** A call that may bind a viewer to the pair is about to be made. Only for a device at rest that has a pair. */
  | { readonly type: 'confirmNeeded' }
  /** An answer has shown a viewer's sign-in on the pair of this client id. Only for a device at rest. */
  | { readonly type: 'signInSeen'; readonly clientId: string }
  /** The viewer has signed out, and no sign-in is left on the pair of this client id. Only for a device at rest. */
  | { readonly type: 'signOutSeen'; readonly clientId: string }
);

export type EventOf<Type extends Event['type']> = Extract<Event, { readonly type: Type }>;

/** What an effect is answered with: an event without its `now`, which is stamped when it is fed back to the machine. */
export type Answer<Type extends Event['type'] = Event['type']> = Type extends Type
  ? Omit<EventOf<Type>, 'now'>
  : never;
