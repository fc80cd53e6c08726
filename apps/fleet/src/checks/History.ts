/** Whose token it was, and what Adobe Pass calls it; tokens appear by their fingerprint only. */
interface Issued {
  readonly device: number;
  readonly clientId: string;
  readonly token: string;
}

/** A token that a request was given. From the log that each worker writes before it answers. */
export interface HandOut extends Issued {
  readonly worker: string;
  /** Epoch milliseconds, as everywhere here: real time, whatever a worker takes for it. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Spent between the start and the end of the middleware. */
  readonly middlewareMs: number;
}

/** A request that got none. From the same log. */
export interface Refusal {
  readonly worker: string;
  readonly device: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The code of the `PassError`, or what else it was called. */
  readonly code: string;
  /** Spent between the start and the end of the middleware. */
  readonly middlewareMs: number;
}

export type CallEnd =
  | { readonly kind: 'answered'; readonly status: number; readonly code: string | null }
  /** The driver hung up, as viewers do. */
  | { readonly kind: 'abandoned' }
  /** The connection broke. */
  | { readonly kind: 'lost' };

/** One HTTP request to a worker. From the driver, which knows nothing of what happens inside. */
export interface Call {
  readonly worker: string;
  readonly device: number;
  readonly startedAt: number;
  /** `null`: never. */
  readonly endedAt: number | null;
  readonly end: CallEnd | null;
}

/** A register or token call. From the ledger of the simulator. */
export interface DcrCall {
  readonly kind: 'register' | 'token';
  readonly worker: string;
  readonly device: number;
  readonly startedAt: number;
  /** When the simulator had done with it; `null`: it never had. */
  readonly endedAt: number | null;
  readonly status: number | 'pending' | 'dropped' | 'aborted';
  /** The pair that it created or presented, where the ledger knows. */
  readonly clientId: string | null;
  /** Fingerprint of the token issued. */
  readonly issued: string | null;
}

/** A protected call. From the ledger. */
export interface ApiCall extends Issued {
  readonly worker: string;
  readonly at: number;
  readonly status: number | 'pending' | 'dropped' | 'aborted';
}

/** A pair that Adobe Pass registered, whether or not the answer reached anybody. */
export interface Registration {
  readonly device: number;
  readonly clientId: string;
  readonly at: number;
}

/** A pair that the driver had revoked. */
export interface Kill {
  readonly device: number;
  readonly clientId: string;
  readonly at: number;
}

export type DisturbanceKind =
  | 'died'
  | 'paused'
  | 'closed'
  | 'redis-down'
  | 'redis-unreachable'
  | 'redis-slow'
  | 'redis-connections-cut'
  | 'redis-lost-writes'
  | 'scripts-flushed'
  | 'upstream-failed';

/** What the driver did to the fleet. */
export interface Disturbance {
  readonly kind: DisturbanceKind;
  /** `null`: it concerns every worker. */
  readonly worker: string | null;
  readonly startedAt: number;
  /** `null`: until the end. */
  readonly endedAt: number | null;
}

/**
 * A register or token call that is over for the process that made it. From the log of the worker. The ledger knows when a
 * call was taken up, which a busy simulator may do after the process has given it up.
 */
export interface Settled {
  readonly worker: string;
  readonly device: number;
  readonly kind: DcrCall['kind'];
  readonly at: number;
  /** To the last byte; `false`: the process did not wait any longer, or the connection broke. */
  readonly answered: boolean;
}

/** A lease, or a cooldown, that was followed by another although nobody had given it back. From `MONITOR`. */
export interface LeaseExpiry {
  readonly device: number;
  /** When it was followed. */
  readonly at: number;
  /** For how long it was taken, which tells a lease from a cooldown. */
  readonly lifeMs: number;
}

/** What Redis applied to the credentials of a device. From `MONITOR`. */
export interface CredentialsWrite {
  readonly device: number;
  readonly at: number;
  /** Tells one value from another; `null`: the key is gone. */
  readonly stamp: string | null;
}

/** What a process without a memory was given at the end, when nothing failed any more. `null`: nothing. */
export interface Audit {
  readonly device: number;
  readonly clientId: string | null;
}

/** Everything that is known of a run, from sources that do not know one another. */
export interface History {
  readonly handOuts: readonly HandOut[];
  readonly refusals: readonly Refusal[];
  readonly calls: readonly Call[];
  readonly dcrCalls: readonly DcrCall[];
  readonly apiCalls: readonly ApiCall[];
  readonly registrations: readonly Registration[];
  readonly kills: readonly Kill[];
  readonly disturbances: readonly Disturbance[];
  readonly settled: readonly Settled[];
  readonly leaseExpiries: readonly LeaseExpiry[];
  readonly writes: readonly CredentialsWrite[];
  readonly audits: readonly Audit[];
}

/** What holds in a run, where it is not the same in all. */
export interface Terms {
  /** What `createPass` gives a caller, and what the machine may add. */
  readonly deadlineMs: number;
  readonly toleranceMs: number;
  readonly tokenLifeMs: number;
  readonly upstreamTimeoutMs: number;
  readonly leaseMs: number;
  /** The longest that a waiting process looks away. */
  readonly pollMs: number;
  /** Redis was watched without a gap, so what it did not show did not happen. */
  readonly writesAreComplete: boolean;
}

export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9';

export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
}
