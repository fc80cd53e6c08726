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

export const noMarks: PairMarks = { boundAt: null, signedInAt: null };

/** A device's first pair. */
export function firstPair(credentials: ClientCredentials): CredentialsRecord {
  return { ...credentials, ...noMarks, generation: 1, earlier: [] };
}

/** `credentials` in the place of `pair`, which can be put back. */
export function nextPair(
  credentials: ClientCredentials & Partial<PairMarks>,
  pair: CredentialsRecord,
): CredentialsRecord {
  const { clientId, clientSecret, registeredAt, statement, boundAt = null, signedInAt = null } = credentials;
  return {
    clientId,
    clientSecret,
    registeredAt,
    statement,
    boundAt,
    signedInAt,
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
}

/** What a read found under one key. */
export type Slot<Value> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'stored'; readonly record: Value; readonly version: string }
  /** It is there, but cannot be opened: never to be taken for absent. */
  | { readonly kind: 'unreadable'; readonly version: string };

type Members = Readonly<Record<string, unknown>>;

function members(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isInstant = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isGeneration = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 1;
const isMark = (value: unknown): value is number | undefined => value === undefined || isInstant(value);

function parsePair(value: unknown): EarlierPair | null {
  const stored = members(value);
  if (stored === null) return null;
  const { i: clientId, s: clientSecret, a: registeredAt, f: statement, g: generation } = stored;
  const { b: boundAt, n: signedInAt } = stored;
  if (!isText(clientId) || !isText(clientSecret) || !isInstant(registeredAt)) return null;
  if (typeof statement !== 'string' || !isGeneration(generation)) return null;
  if (!isMark(boundAt) || !isMark(signedInAt)) return null;
  const marks = { boundAt: boundAt ?? null, signedInAt: signedInAt ?? null };
  return { clientId, clientSecret, registeredAt, statement, ...marks, generation };
}

/** The stored shape has one-letter names: millions of records share them. `null` for anything else. */
export function parseCredentialsRecord(value: unknown): CredentialsRecord | null {
  const pair = parsePair(value);
  if (pair === null) return null;
  const { e: stored = [] } = members(value) ?? {};
  if (!Array.isArray(stored)) return null;
  const earlier = stored.map(parsePair);
  return earlier.every((each) => each !== null) ? { ...pair, earlier } : null;
}

function storedPair(pair: EarlierPair): Members {
  return {
    i: pair.clientId,
    s: pair.clientSecret,
    a: pair.registeredAt,
    f: pair.statement,
    g: pair.generation,
    ...(pair.boundAt === null ? undefined : { b: pair.boundAt }),
    ...(pair.signedInAt === null ? undefined : { n: pair.signedInAt }),
  };
}

export function storedCredentials(record: CredentialsRecord): Members {
  const stored = storedPair(record);
  return record.earlier.length === 0 ? stored : { ...stored, e: record.earlier.map(storedPair) };
}

export function parseTokenRecord(value: unknown): TokenRecord | null {
  const stored = members(value);
  if (stored === null) return null;
  const { i: clientId, t: accessToken, a: issuedAt, x: expiresAt } = stored;
  if (!isText(clientId) || !isText(accessToken)) return null;
  if (!isInstant(issuedAt) || !isInstant(expiresAt) || expiresAt <= issuedAt) return null;
  return { clientId, accessToken, issuedAt, expiresAt };
}

export function storedToken(record: TokenRecord): Members {
  return {
    i: record.clientId,
    t: record.accessToken,
    a: record.issuedAt,
    x: record.expiresAt,
  };
}

export function parseLeaseRecord(value: unknown): LeaseRecord | null {
  const stored = members(value);
  if (stored === null) return null;
  const { k: kind, u: until, d: forMs, c: code } = stored;
  if ((kind !== 'work' && kind !== 'cooldown') || !isInstant(until) || !isInstant(forMs)) return null;
  return { kind, until, forMs, code: isText(code) ? code : null };
}

export function storedLease(record: LeaseRecord): Members {
  const stored = { k: record.kind, u: record.until, d: record.forMs };
  return record.code === null ? stored : { ...stored, c: record.code };
}
