/** Everything that the scheduler can do to the library, besides the order of things. */
export const faults = [
  'cacheRejectsUnapplied',
  'cacheRejectsApplied',
  'cacheHangs',
  'cacheReconnects',
  'connectionRefused',
  'responseLost',
  'upstreamHangs',
  'throttled',
  'serverError',
  'jsonTruncated',
  'htmlAnswer',
  'strayRefusal',
  'clientKilled',
  'tokenRevoked',
  'crash',
  'pause',
  'abort',
  'close',
  'slow',
] as const;

export type Fault = (typeof faults)[number];

/** What a schedule may meet; which of it happens is decided as it goes. */
export type FaultSet = ReadonlySet<Fault>;

export type FaultCounts = Record<Fault, number>;

export function noFaults(): FaultCounts {
  return Object.fromEntries(faults.map((fault) => [fault, 0])) as FaultCounts;
}
