import type { Dispatcher } from 'undici';
import type { PassCache } from './cache/PassCache.js';
import type { PassEnvironment } from './http/baseUrl.js';

/** Ceilings that protect Adobe Pass, and this server, from invented devices. */
export interface PassLimits {
  /** Devices kept in memory. Default 250 000. */
  readonly devices?: number | undefined;
  /**
   * Register calls on the wire at once, at most. A process begins with 64, doubles that while devices wait and Adobe Pass
   * bears it, and halves it where that is in trouble. Default 448.
   */
  readonly concurrentRegistrations?: number | undefined;
  /**
   * Devices that may wait for such a place, at most. No more are let in than can be served in time: the others are told at
   * once how long the queue takes, as `registration_limited`. Default 20 000.
   */
  readonly queuedRegistrations?: number | undefined;
  /** New registrations from one address (IPv6: one /64): a burst, then so many per second. Default 30 and 0.5. */
  readonly registrationsPerAddress?: { readonly burst: number; readonly perSecond: number } | undefined;
  /**
   * New registrations of this process. A quarter of it is kept for networks (IPv6: one /48; IPv4: one /24) that have used less
   * than one address may. Default 2 000 and 200.
   */
  readonly registrationsPerProcess?: { readonly burst: number; readonly perSecond: number } | undefined;
  /** Resources in one call of preauthorize: the "Preflight Max Resources" that Adobe has set for you. Default 5. */
  readonly resourcesPerPreauthorize?: number | undefined;
}

/**
 * Of a Pass without devices, for the management APIs: its one pair is the server's own. Its registered application is
 * another than that of the devices, with a statement of its own; it may share their cache, secret and application name.
 */
export interface ServerPassOptions extends Omit<PassOptions, 'limits' | 'identity'> {
  readonly identity: 'server';
  /** The channel that calls are about where they name no other. */
  readonly serviceProvider: string;
  /**
   * Replaces the scheme, host and port of the management APIs. Default: `baseUrl` where that is given, else the
   * environment's `mgmt` host.
   */
  readonly managementBaseUrl?: string | URL | undefined;
}

export interface PassOptions {
  /** `'server'` makes a Pass without devices: see `ServerPassOptions`. */
  readonly identity?: undefined;
  /**
   * The software statement of the registered application, from the TVE Dashboard; whitespace inside is removed.
   * A function is asked before registrations, once a second at most, so a new statement takes effect within a second; it
   * has ten seconds.
   */
  readonly softwareStatement: string | (() => string | Promise<string>);
  /** The channel, as Adobe Pass knows it; case matters. */
  readonly serviceProvider: string;
  readonly environment: PassEnvironment;
  /** Replaces the environment's scheme, host and port, nothing else. Required with `'local'`. TLS, except to loopback. */
  readonly baseUrl?: string | URL | undefined;
  /**
   * A stable name for the registered application, part of every cache key: 1 to 40 of `A–Z a–z 0–9 _ . -`.
   * Required by every cache that outlives the process. Changing it signs every viewer out.
   */
  readonly application?: string | undefined;
  /** Sent when registering. */
  readonly redirectUri?: string | undefined;
  /** `memoryCache()`, `fileCache()`, `redisCache()`, or your own. There is no default, because the wrong one signs viewers out. */
  readonly cache: PassCache;
  /**
   * At least 32 characters of randomness; seals what is stored and hides device identifiers. Required by every cache
   * that outlives the process. A list rotates it: the first seals, all open, and the last names the records, so the
   * last one stays for as long as the cache lives. Several servers rotate in two deployments: `[old, new, old]`, so that
   * every one can open what is sealed with the new secret, then `[new, old]`.
   */
  readonly secret?: string | readonly string[] | undefined;
  /**
   * Of undici 7 or later. Carries every upstream call, for instance through a proxy. By default a pool of connections of its
   * own. Never closed by `pass.close()`.
   */
  readonly dispatcher?: Dispatcher | undefined;
  readonly limits?: PassLimits | undefined;
  /**
   * What becomes of a device that is not in memory while the cache cannot be asked. `'refuse'` (default): its calls fail
   * with `cache_unavailable` (503), because it probably has credentials, and new ones would sign its viewer out.
   * `'ephemeral'`: it is registered in memory; once the cache is back, the stored credentials win, and where there are none
   * these are stored. For products whose viewers do not sign in (TempPass, free content). Devices in memory go on either way, but a call
   * that may bind a viewer to their credentials is sent only with `'ephemeral'`.
   */
  readonly onCacheDown?: 'refuse' | 'ephemeral' | undefined;
  /**
   * Milliseconds that `pass.close()` may take, at most, to put back credentials that the cache has lost. Default 15 000;
   * 0 to 300 000, and less than what your servers are given to end. Without a loss it takes a few milliseconds.
   */
  readonly closeGraceMs?: number | undefined;
  /**
   * `true`: no device is served until the cache has looked at itself once (`check`) and found nothing of level error, such
   * as a Redis that evicts credentials. Until then calls get `cache_unsafe`, and `pass.readiness()` is not ready; it is
   * looked at again every few seconds. Default `false`: such findings are reported only.
   */
  readonly strict?: boolean | undefined;
}
