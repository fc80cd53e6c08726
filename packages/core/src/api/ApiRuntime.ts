import type { Device } from '../device/Device.js';
import type { PassWarningCode } from '../diagnostics.js';
import type { Clock } from '../time/clock.js';
import type { Upstream } from '../upstream/Upstream.js';
import type { AccessTokens } from '../session/AccessTokens.js';
import type { ConfigurationCache } from './configuration/ConfigurationCache.js';
import type { Timing } from '../timing.js';
import type { PermitCache } from './decisions/PermitCache.js';
import type { SignIns } from './sessions/SignIns.js';

/** What all clients of one `Pass` share. Made once by the composition root; a client is a reference to it and a device. */
export interface ApiRuntime {
  /** Of every client whose context names no other. */
  readonly serviceProvider: string;
  /** Where Adobe Pass is: relative URLs in its answers are of this origin. */
  readonly baseUrl: URL;
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly timing: Timing['calls'];
  /** At least 0, below 1. */
  readonly random: () => number;
  readonly configurations: ConfigurationCache;
  readonly signIns: SignIns;
  readonly permits: PermitCache;
  /** Resources in one call of preauthorize. */
  readonly resourcesPerPreauthorize: number;
  /**
   * Aborted by `pass.close()`, with a `PassError` `closed` as its reason: from then on nothing is sent, and whoever
   * waits between two attempts is rejected. What is on the wire then is waited for by the transport's `close()`.
   */
  readonly closing: AbortSignal;
  readonly tokens: AccessTokens;
  readonly proxyTrust: {
    /** A client is about to send something: the address of its device, and what of it is forwarded. */
    sent(address: string | undefined, forwarded: string | undefined): void;
    /** Warns of what an adapter has found out about its framework. */
    warn(code: PassWarningCode): void;
  };
  /** The keyed hash by which events name a device. @throws PassError `device_identifier_invalid` */
  readonly tagOf: (device: Pick<Device, 'identifier'>) => string;
}
