import type { Readiness, ResealSummary } from '@pass-dcr/core';
import type { Mishap } from './Mishap.js';

/** What a worker can be asked, beside HTTP. */
export interface Orders {
  readonly arm: { readonly takes: Mishap; readonly gives: null };
  /** Bytes of the heap after a collection. */
  readonly heap: { readonly takes: null; readonly gives: number };
  /** Since when its Redis client has been ready: epoch milliseconds. */
  readonly readyAt: { readonly takes: null; readonly gives: number };
  readonly readiness: { readonly takes: null; readonly gives: Readiness };
  /** Authenticates `count` devices from `from` on, without HTTP. */
  readonly authenticate: {
    readonly takes: { readonly from: number; readonly count: number; readonly atOnce: number };
    readonly gives: Authenticated;
  };
  readonly reseal: { readonly takes: { readonly recordsPerSecond: number }; readonly gives: ResealSummary };
}

export interface Authenticated {
  /** What they failed with, by code; each device once. */
  readonly failures: Readonly<Record<string, number>>;
  /** Asked again because Redis, or the machine, was too busy to answer in a quarter of a second. */
  readonly retries: number;
}

export type OrderName = keyof Orders;

export interface Order<Name extends OrderName = OrderName> {
  readonly id: number;
  readonly name: Name;
  readonly takes: Orders[Name]['takes'];
}

export type Report =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'done'; readonly id: number; readonly gives: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
