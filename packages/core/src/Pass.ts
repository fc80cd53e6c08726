import type { Configuration, Profile } from './answers.js';
import type { CacheFinding } from './cache/PassCache.js';
import type { Device } from './device/Device.js';

export interface CallOptions {
  /** Ends this caller's wait, with the signal's own reason. Work that others share goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** What a request knows beyond its device. */
export interface PassContext {
  /** Another service provider that the same registered application covers. The device keeps its one pair of credentials. */
  readonly serviceProvider?: string | undefined;
  /** `Adobe-Subject-Token`: platform single sign-on (Amazon). */
  readonly subjectToken?: string | undefined;
  /** `X-Roku-Reserved-Roku-Connect-Token`. */
  readonly rokuConnectToken?: string | undefined;
  /** `AD-Service-Token`: service-token single sign-on. */
  readonly serviceToken?: string | undefined;
  /** `AP-Partner-Framework-Status`: Apple partner single sign-on. */
  readonly partnerFrameworkStatus?: string | undefined;
  /** `AP-TempPass-Identity`. Never taken from a request by itself: a new value is a new free trial. */
  readonly tempPassIdentity?: string | undefined;
  /** `AP-Visitor-Identifier`: the ECID. Never taken from a request by itself. */
  readonly visitorIdentifier?: string | undefined;
  /** Ends the wait of every call of this client. */
  readonly signal?: AbortSignal | undefined;
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The body and extra headers of `client.request`. */
export interface PassRequestInit {
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Sent as `application/json`. */
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>> | undefined;
}

/** A 2xx answer of Adobe Pass. */
export interface PassResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The parsed JSON body; `undefined` if the body is empty. */
  readonly body: unknown;
}

/**
 * Adobe Pass for one device: every call carries that device's access token.
 *
 * A 401 is answered by one token refresh, shared with every other request of the device, and one replay.
 * 429, lost connections and 5xx are retried at most twice where that is safe and the caller's deadline (15 s) allows.
 * Calls reject with a `PassError`, or with the reason of the caller's own signal.
 */
export interface PassClient {
  /** The device this client acts for. Reading it without a device throws `device_missing`. */
  readonly device: Device;
  /** The service provider of every call. */
  readonly serviceProvider: string;
  /**
   * The Bearer token, renewed as needed. Concurrent callers share one registration and one token request, also across
   * processes where the cache is shared.
   */
  accessToken(options?: CallOptions): Promise<string>;
  /**
   * The providers (MVPDs) of the service provider, as Adobe Pass lists them for this kind of device. Cached for two
   * minutes for all devices of one hardware type and operating system.
   */
  configuration(options?: CallOptions): Promise<Configuration>;
  readonly profiles: {
    /** The viewer's valid profiles, in Adobe's order; empty if nobody is signed in. */
    all(options?: CallOptions): Promise<readonly Profile[]>;
  };
  /**
   * Any other protected call. `path` begins with one `/`, has no dot segments and no backslash, and lies below
   * `/api/v2/`; else `request_path_invalid`. Rejects for every answer that is not 2xx.
   *
   * @example
   * const { body } = await client.request('GET', '/api/v2/REF30/profiles/Cablevision');
   */
  request(
    method: HttpMethod,
    path: string,
    init?: PassRequestInit,
    options?: CallOptions,
  ): Promise<PassResponse>;
}

export interface PassFinding extends CacheFinding {}

export interface Readiness {
  /** True from the first successful cache read, with `strict` from the first check without an error, until `close()`. */
  readonly ready: boolean;
  /** What an operator should know; docs/errors.md lists the codes. They do not make it unready. */
  readonly findings: readonly PassFinding[];
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

/** One registered application in one environment. Create one per process and share it. */
export interface Pass extends AsyncDisposable {
  /** The service provider of every client whose context names no other. */
  readonly serviceProvider: string;
  /**
   * A client for one device. Synchronous, no I/O.
   * @throws PassError `device_missing`, `device_identifier_invalid`, `client_address_invalid`, `header_invalid`
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
   * renewal of the device's token. Doing it again undoes it.
   * @throws PassError `device_identifier_invalid`, `cache_unavailable`, `cache_record_unreadable`
   */
  restore(device: Pick<Device, 'identifier'>): Promise<boolean>;
  /**
   * Seals every stored record with the first secret, while all servers go on. A secret between the first and the last may
   * be removed only after a `complete` run that began when every server had this list. Needs a cache that lists its keys.
   * A run that ended early, or beside another, does no harm: run it again.
   * @throws PassError `option_invalid`, `secret_mismatch`, `cache_format_unsupported`, `cache_unavailable`, `closed`
   */
  reseal(options?: ResealOptions): Promise<ResealSummary>;
  /** Whether this process can serve, within a second. Asks the cache, never Adobe Pass. Never rejects. */
  readiness(): Promise<Readiness>;
  /**
   * Starts no further upstream call, waits for those that run (at most their timeout), releases leases. Callers that
   * still wait get `closed`. Closes what `createPass` made: not your cache, not your dispatcher.
   */
  close(): Promise<void>;
}
