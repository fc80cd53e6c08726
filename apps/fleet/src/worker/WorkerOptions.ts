import type { Timing } from '@pass-dcr/core/testing';
import type { Mishap } from './Mishap.js';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** How a worker reaches Redis. */
export type RedisTarget =
  | { readonly kind: 'single'; readonly at: HostAndPort }
  | { readonly kind: 'sentinel'; readonly sentinels: readonly HostAndPort[]; readonly name: string }
  | { readonly kind: 'cluster'; readonly nodes: readonly HostAndPort[] };

/** `plain-set` writes credentials whatever stands there, as a lock and a SET would: a control that must fail. */
export type CacheVariant = 'shipped' | 'plain-set';

/** An Adobe Pass inside the process, for what needs a hundred thousand devices, or to know every secret. */
export interface CannedUpstream {
  /** Client ids, client secrets and tokens begin with it. */
  readonly prefix: string;
  readonly tokenLength: number;
}

/** What a worker is told on its start. */
export interface WorkerOptions {
  /** Which worker it is, and the how manieth in its place: `w3.2`. */
  readonly name: string;
  readonly upstreamUrl: string;
  readonly softwareStatement: string;
  readonly secret: readonly string[];
  readonly redis: RedisTarget;
  readonly cache: CacheVariant;
  /** Changes of its `Timing`. */
  readonly machine: Partial<Timing['machine']>;
  /** Its clock, against that of the machine. */
  readonly clockSkewMs: number;
  /** Its clock is the simulator's, and its skew comes on top. */
  readonly followsUpstream: boolean;
  readonly onCacheDown: 'refuse' | 'ephemeral';
  readonly mishap: Mishap | null;
  /** `null`: the simulator. */
  readonly canned: CannedUpstream | null;
  /** Each device registers from an address of its own, so only the limits of the process matter. */
  readonly registrationsPerSecond: number;
  readonly logFile: string;
  readonly eventsFile: string;
}

export const optionsVariable = 'PASS_DCR_FLEET_WORKER';
