import { earlierOf, keepEarlier } from './earlier.js';

/** One pair of client credentials as Adobe Pass issued it. Valid for ever, unless Adobe revokes it. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Epoch milliseconds by the clock of the process that registered it. */
  readonly registeredAt: number;
  /** Fingerprint of the software statement that it was registered under. */
  readonly statement: string;
}

/** What a viewer has left on a pair: it is worth something from the moment somebody signs in with it. */
export interface PairMarks {
  /** Epoch milliseconds of the last call that may bind a viewer to the pair; `null`: none. An intent. */
  readonly boundAt: number | null;
  /** Epoch milliseconds at which an answer last showed a profile bound to the pair; `null`: none. A fact. */
  readonly signedInAt: number | null;
  /** Epoch milliseconds of the last logout that left no such profile; `null`: none. One after `signedInAt` undoes that. */
  readonly signedOutAt: number | null;
}

/** A pair of a device, as it was when it was given up for another. */
export interface EarlierPair extends ClientCredentials, PairMarks {
  /** 1 for a device's first pair; each change of pair adds 1. */
  readonly generation: number;
}

/** What the cache holds for a device for ever: the pair that counts. */
export interface CredentialsRecord extends EarlierPair {
  /** Pairs that it has taken the place of, by generation; at most three. Any of them can be put back. */
  readonly earlier: readonly EarlierPair[];
}

export const noMarks: PairMarks = { boundAt: null, signedInAt: null, signedOutAt: null };

/** A device's first pair. */
export function firstPair(credentials: ClientCredentials): CredentialsRecord {
  return { ...credentials, ...noMarks, generation: 1, earlier: [] };
}

/** `credentials` in the place of `pair`, which can be put back. */
export function nextPair(
  credentials: ClientCredentials & Partial<PairMarks>,
  pair: CredentialsRecord,
): CredentialsRecord {
  const { clientId, clientSecret, registeredAt, statement } = credentials;
  const { boundAt = null, signedInAt = null, signedOutAt = null } = credentials;
  return {
    clientId,
    clientSecret,
    registeredAt,
    statement,
    boundAt,
    signedInAt,
    signedOutAt,
    generation: pair.generation + 1,
    earlier: keepEarlier(clientId, [...pair.earlier, earlierOf(pair)]),
  };
}

/** An access token and the pair it belongs to. It is ignored beside any other pair. */
export interface TokenRecord {
  readonly clientId: string;
  readonly accessToken: string;
  /** Epoch milliseconds at which its request started. */
  readonly issuedAt: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** A promise among processes: `work`, somebody is at it; `cooldown`, nobody may try before `until`. */
export interface LeaseRecord {
  readonly kind: 'work' | 'cooldown';
  /** Epoch milliseconds. */
  readonly until: number;
  /** How long that was when it was written: the clock of whoever wrote it may be wrong by minutes. */
  readonly forMs: number;
  /** Of a cooldown: the failure that caused it. */
  readonly code: string | null;
  /** And what Adobe Pass called it, where it said: for support, whoever meets the failure. */
  readonly adobeCode?: string | undefined;
}

/** What a read found under one key. */
export type Slot<Value> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'stored'; readonly record: Value; readonly version: string }
  /** Of credentials: the operator had the pairs up to this generation forgotten. Nobody who still has one puts it back. */
  | { readonly kind: 'forgotten'; readonly generation: number; readonly version: string }
  /** It is there, but cannot be opened: never to be taken for absent. */
  | { readonly kind: 'unreadable'; readonly version: string };
