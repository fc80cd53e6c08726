import type { CallOptions } from './api/CallOptions.js';
import type { WriteCounts } from './cache/LastingWrites.js';
import type { CacheFinding } from './cache/PassCache.js';
import type { Device } from './device/Device.js';
import type { PassClient, PassContext } from './PassClient.js';

export interface PassFinding extends CacheFinding {}

export interface Readiness {
  /** True from the first successful cache read, with `strict` from the first check without an error, until `close()`. */
  readonly ready: boolean;
  /** What an operator should know; docs/errors.md lists the codes. They do not make it unready. */
  readonly findings: readonly PassFinding[];
  /**
   * Writes without an expiry, which are credentials but for a few, that the cache has acknowledged to this process since it
   * started, by what it said of them. `memoryCache()` says of none that it is durable; docs/choosing-a-cache.md what others do.
   */
  readonly writes: WriteCounts;
}

/** How many of the lasting records that were examined came to what. */
export interface ResealProgress {
  readonly examined: number;
  /** Sealed with the first secret by this run. */
  readonly resealed: number;
  /** Sealed with the first secret before. */
  readonly current: number;
  /** Written by another process meanwhile, with the first secret, or deleted. */
  readonly changed: number;
  /** No secret of the list opens them, or they are damaged. They were left as they are. */
  readonly unreadable: number;
  /** The cache failed. Another run tries them again. */
  readonly failed: number;
}

export interface ResealSummary extends ResealProgress {
  /** Every record was sealed with the first secret when it was examined. */
  readonly complete: boolean;
}

export interface ResealOptions {
  /** Ends the run with the signal's own reason. What is done stays done. */
  readonly signal?: AbortSignal | undefined;
  /** Default 1 000. */
  readonly recordsPerSecond?: number | undefined;
  /** Called every few records. */
  readonly onProgress?: ((progress: ResealProgress) => void) | undefined;
}

export interface RestoreOptions {
  /**
   * The pair that was registered last before then, by the clock of the server that registered it: a `Date` or epoch
   * milliseconds. Default: the pair that was replaced last.
   */
  readonly registeredBefore?: Date | number | undefined;
}

/** One registered application in one environment. Create one per process and share it. */
export interface Pass extends AsyncDisposable {
  /** The service provider of every client whose context names no other. */
  readonly serviceProvider: string;
  /**
   * A client for one device. Synchronous, no I/O.
   * @throws PassError `device_missing`, `device_identifier_invalid`, `header_invalid`
   */
  client(device: Device, context?: PassContext): PassClient;
  /**
   * Resolves once the device has a usable access token: after a cache read, a registration or a token request if need be.
   */
  authenticate(device: Device, options?: CallOptions): Promise<void>;
  /**
   * Undoes the last replacement of a device's credentials: Adobe Pass refused the device's pair by mistake, a new one
   * took its place, and the viewer's sign-in is bound to the old one. True once the old pair is stored as the one that
   * counts; false if there is none to go back to. This process uses it from the next call on, the others from their next
   * renewal of the device's token. Doing it again undoes it. `registeredBefore` names another of the three at most that
   * are kept: the first, the last, and the one with the latest sign-in.
   * @throws PassError `device_identifier_invalid`, `option_invalid`, `cache_unavailable`, `cache_record_unreadable`
   */
  restore(device: Pick<Device, 'identifier'>, options?: RestoreOptions): Promise<boolean>;
  /**
   * Ends the time in which a software statement that Adobe Pass rejected is not presented: the next new device presents it
   * at once, on this server, and within a second on the others. For once Adobe Pass has been told to take it again; without
   * this it is tried within 15 seconds of a new device's asking. Asks the `softwareStatement` function, not Adobe Pass; of
   * a statement that was not rejected nothing changes. Publishes `statementRetried`.
   * @throws PassError `software_statement_unavailable`, `software_statement_malformed`; `cache_unavailable`: done on this
   * server, not on the others
   */
  retryStatement(): Promise<void>;
  /**
   * Has all that is stored and known of a device forgotten, such as at the wish of its viewer: its credentials, those that
   * they took the place of, and its access token. Once it resolves, a mark without identifier or credentials stands in the
   * cache; within two seconds no process holds any of it in memory. The device registers anew when it comes again, and its
   * viewer signs in. What the files of the cache still hold, docs/operations.md says how to remove. Doing it again does no
   * harm; if it rejects, do it again.
   * @throws PassError `device_identifier_invalid`, `cache_unavailable`, `cache_record_unreadable`, `secret_mismatch`,
   * `cache_format_unsupported`
   */
  forget(device: Pick<Device, 'identifier'>): Promise<void>;
  /**
   * The keyed hash by which events name a device: the same in every process that has the secret. Synchronous.
   * @throws PassError `device_identifier_invalid`
   */
  tagOf(device: Pick<Device, 'identifier'>): string;
  /**
   * Seals every stored record with the first secret, while all servers go on. A secret between the first and the last may
   * be removed only after a `complete` run that began when every server had this list. Needs a cache that lists its keys.
   * A run that ended early, or beside another, does no harm: run it again.
   * @throws PassError `option_invalid`, `secret_mismatch`, `cache_format_unsupported`, `cache_unavailable`, `closed`
   */
  reseal(options?: ResealOptions): Promise<ResealSummary>;
  /**
   * Allows more devices to be given a new pair than the fleet does by itself, for a time: for the case that Adobe Pass has
   * really lost many pairs, which is a decision of yours, since each of these viewers signs in again. The evidence against
   * each pair is still asked for. For all processes that share the cache. A second word takes the place of the first;
   * `maxDevices: 0` takes it back.
   * @param allowance `forMs`: 1 to 86 400 000, which is a day. `maxDevices`: a whole number of at least 0.
   * @throws PassError `option_invalid`, `cache_unavailable`
   */
  allowReplacement(allowance: { readonly forMs: number; readonly maxDevices: number }): Promise<void>;
  /**
   * Ends, on every server within a second, the time in which new devices wait because pairs that the cache has lost are
   * being put back. For once you know that the rest is not coming: a device whose pair is not back, and that comes to a
   * server which does not know it, is registered anew, and its viewer signs in again. The servers go on putting back what
   * they know. A loss that is found more than 15 seconds later holds new devices off again. Publishes `registrationAllowed`.
   * @throws PassError `cache_unavailable`: done on this server, not on the others
   */
  allowRegistration(): Promise<void>;
  /** Whether this process can serve, within a second. Asks the cache, never Adobe Pass. Never rejects. */
  readiness(): Promise<Readiness>;
  /**
   * Starts no further upstream call, waits for those that run (at most their timeout), releases leases. Callers that
   * still wait get `closed`. Looks a last time whether the cache has lost anything that this process knows, and puts that
   * back, for `closeGraceMs` at most; what is left then, the event `recoveryIncomplete` says. Closes what `createPass` made:
   * not your cache, not your dispatcher.
   */
  close(): Promise<void>;
}
