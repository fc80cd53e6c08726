/** What the scheduler can do to the library, besides the order of things. */
export const ordinaryFaults = [
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

/** What befalls the clock of a process: it is set, also before the process starts; or its machine is suspended. */
export const clockFaults = ['clockStep', 'suspend'] as const;

/** Adobe Pass says of a register call that it does not take the software statement, though it does. */
export const statementFaults = ['statementRejected'] as const;

/** All of it. */
export const faults = [...ordinaryFaults, ...clockFaults, ...statementFaults] as const;

export type Fault = (typeof faults)[number];

/** What a schedule may meet; which of it happens is decided as it goes. */
export type FaultSet = ReadonlySet<Fault>;

export type FaultCounts = Record<Fault, number>;

export function noFaults(): FaultCounts {
  return Object.fromEntries(faults.map((fault) => [fault, 0])) as FaultCounts;
}
