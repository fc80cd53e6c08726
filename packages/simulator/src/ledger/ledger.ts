import type { EndpointName } from '../ground/endpointName.js';

/** An HTTP status once answered; until then, or instead of it, what became of the request. */
export type LedgerStatus = number | 'pending' | 'dropped' | 'aborted';

/** One request. Secrets, tokens and statements are never in it. */
export interface LedgerEntry {
  /** 1, 2, 3 … in order of arrival. */
  readonly sequence: number;
  /** Arrival, simulated epoch milliseconds. */
  readonly at: number;
  readonly endpoint: EndpointName;
  readonly method: string;
  /** Path and query; query values are `redacted` unless known to be harmless. */
  readonly path: string;
  /** `pending`: not answered yet; `dropped`: by a fault; `aborted`: the caller hung up first. */
  readonly status: LedgerStatus;
  /** The `error` of a DCR answer or the `code` of an enhanced error. */
  readonly errorCode?: string;
  /** Presented in a token request, owning the bearer token, or created by this registration. */
  readonly clientId?: string;
  /** Decoded `AP-Device-Identifier`; as `base64:…` if its bytes are no UTF-8 text. */
  readonly device?: string;
  readonly serviceProvider?: string;
  /** First element of `X-Forwarded-For`. */
  readonly forwardedFor?: string;
  /** The whole `X-Forwarded-For`, if it has more than one element. */
  readonly forwardedForChain?: string;
  readonly peer?: string;
  readonly userAgent?: string;
  readonly accept?: string;
  readonly contentType?: string;
  /** Decoded `X-Device-Info`: the object, or the text if it is not JSON. */
  readonly deviceInfo?: unknown;
  /** Lower-case names of all headers, in the order sent. */
  readonly headerNames: readonly string[];
  /** `fingerprint()` of the bearer token presented, or of the token issued: equal tokens, equal fingerprints. */
  readonly presentedToken?: string;
  readonly issuedToken?: string;
  readonly throttled: boolean;
  /** Id of the fault that was applied. */
  readonly fault?: string;
  /** Real milliseconds from arrival to the first byte of the answer. */
  readonly durationMs?: number;
}

/** All given members have to match. */
export interface LedgerFilter {
  readonly endpoint?: EndpointName;
  readonly device?: string;
  readonly clientId?: string;
  readonly forwardedFor?: string;
  readonly serviceProvider?: string;
  readonly status?: LedgerStatus;
  readonly throttled?: boolean;
  /** Only requests after this `mark()`. */
  readonly since?: number;
}

export interface Ledger {
  /** Copies, in order of arrival. A request is listed from its arrival on, and final before its answer is sent. */
  entries(filter?: LedgerFilter): LedgerEntry[];
  count(filter?: LedgerFilter): number;
  /** The sequence number of the latest request so far, for `since`. */
  mark(): number;
  /** Forgets the entries; numbering goes on. */
  clear(): void;
}

/** The latest `capacity` requests. */
export class RequestLedger implements Ledger {
  readonly #capacity: number;
  #entries: LedgerEntry[] = [];
  /** Sequence number of `#entries[0]`. */
  #first = 1;
  #last = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  open(entry: Omit<LedgerEntry, 'sequence' | 'status' | 'throttled'>): number {
    this.#last += 1;
    this.#entries.push({ sequence: this.#last, ...entry, status: 'pending', throttled: false });
    // Half of it at a time, so that a full ledger costs no shift per request.
    if (this.#entries.length > this.#capacity * 1.5) this.#dropOldest(this.#entries.length - this.#capacity);
    return this.#last;
  }

  note(sequence: number, notes: Partial<LedgerEntry>): void {
    const index = sequence - this.#first;
    const entry = this.#entries[index];
    if (entry !== undefined) this.#entries[index] = { ...entry, ...notes };
  }

  entries(filter: LedgerFilter = {}): LedgerEntry[] {
    return this.#entries.filter((entry) => matches(entry, filter)).map((entry) => ({ ...entry }));
  }

  count(filter: LedgerFilter = {}): number {
    return this.#entries.reduce((sum, entry) => sum + (matches(entry, filter) ? 1 : 0), 0);
  }

  mark(): number {
    return this.#last;
  }

  clear(): void {
    this.#dropOldest(this.#entries.length);
  }

  #dropOldest(count: number): void {
    this.#entries = this.#entries.slice(count);
    this.#first += count;
  }
}

function matches(entry: LedgerEntry, filter: LedgerFilter): boolean {
  return (
    (filter.endpoint === undefined || entry.endpoint === filter.endpoint) &&
    (filter.device === undefined || entry.device === filter.device) &&
    (filter.clientId === undefined || entry.clientId === filter.clientId) &&
    (filter.forwardedFor === undefined || entry.forwardedFor === filter.forwardedFor) &&
    (filter.serviceProvider === undefined || entry.serviceProvider === filter.serviceProvider) &&
    (filter.status === undefined || entry.status === filter.status) &&
    (filter.throttled === undefined || entry.throttled === filter.throttled) &&
    (filter.since === undefined || entry.sequence > filter.since)
  );
}
