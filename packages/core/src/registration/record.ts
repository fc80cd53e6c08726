/** One pair of client credentials as Adobe Pass issued it. Valid for ever, unless Adobe revokes it. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Epoch milliseconds by the clock of the process that registered it. */
  readonly registeredAt: number;
  /** Fingerprint of the software statement that it was registered under. */
  readonly statement: string;
}

/** A pair that has been replaced. */
export interface ReplacedCredentials extends ClientCredentials {
  readonly generation: number;
}

/** What the cache holds for a device for ever: the pair that counts. */
export interface CredentialsRecord extends ClientCredentials {
  /** 1 for a device's first pair; each replacement adds 1. The higher generation wins. */
  readonly generation: number;
  /** The pair that this one replaced, so that a replacement can be undone. */
  readonly previous: ReplacedCredentials | null;
}

/** A device's first pair. */
export function firstPair(credentials: ClientCredentials): CredentialsRecord {
  return { ...credentials, generation: 1, previous: null };
}

/** `credentials` in the place of `pair`, which can be put back. */
export function nextPair(
  credentials: ClientCredentials,
  { clientId, clientSecret, registeredAt, statement, generation }: CredentialsRecord,
): CredentialsRecord {
  const previous = { clientId, clientSecret, registeredAt, statement, generation };
  return { ...credentials, generation: generation + 1, previous };
}

/** An access token and the pair it belongs to. It is ignored beside any other pair. */
export interface TokenRecord {
  readonly clientId: string;
  readonly generation: number;
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

function parseReplaced(value: unknown): ReplacedCredentials | null {
  const stored = members(value);
  if (stored === null) return null;
  const { i: clientId, s: clientSecret, a: registeredAt, f: statement, g: generation } = stored;
  if (!isText(clientId) || !isText(clientSecret) || !isInstant(registeredAt)) return null;
  if (typeof statement !== 'string' || !isGeneration(generation)) return null;
  return { clientId, clientSecret, registeredAt, statement, generation };
}

/** The stored shape has one-letter names: millions of records share them. `null` for anything else. */
export function parseCredentialsRecord(value: unknown): CredentialsRecord | null {
  const pair = parseReplaced(value);
  if (pair === null) return null;
  const stored = members(value)?.['p'];
  if (stored === undefined) return { ...pair, previous: null };
  const previous = parseReplaced(stored);
  return previous === null ? null : { ...pair, previous };
}

function storedPair(pair: ReplacedCredentials): Members {
  return {
    i: pair.clientId,
    s: pair.clientSecret,
    a: pair.registeredAt,
    f: pair.statement,
    g: pair.generation,
  };
}

export function storedCredentials(record: CredentialsRecord): Members {
  const stored = storedPair(record);
  return record.previous === null ? stored : { ...stored, p: storedPair(record.previous) };
}

export function parseTokenRecord(value: unknown): TokenRecord | null {
  const stored = members(value);
  if (stored === null) return null;
  const { i: clientId, g: generation, t: accessToken, a: issuedAt, x: expiresAt } = stored;
  if (!isText(clientId) || !isGeneration(generation) || !isText(accessToken)) return null;
  if (!isInstant(issuedAt) || !isInstant(expiresAt) || expiresAt <= issuedAt) return null;
  return { clientId, generation, accessToken, issuedAt, expiresAt };
}

export function storedToken(record: TokenRecord): Members {
  return {
    i: record.clientId,
    g: record.generation,
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
