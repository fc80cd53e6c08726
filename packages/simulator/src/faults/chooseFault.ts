import type { EndpointName } from '../ground/endpointName.js';
import type { Fault } from './fault.js';

export interface ArmedFault {
  readonly id: string;
  readonly fault: Fault;
  readonly skipped: number;
  readonly used: number;
}

export interface FaultSubject {
  readonly endpoint: EndpointName;
  readonly device: string | undefined;
  readonly forwardedFor: string | undefined;
  readonly clientId: string | undefined;
}

export interface FaultChoice {
  readonly chosen: ArmedFault | undefined;
  /** The faults after this request. */
  readonly armed: readonly ArmedFault[];
}

/**
 * A request is hit by one fault at most: the oldest counted one that matches, else the oldest unlimited one.
 * So faults for successive requests can be queued, in front of a background of unlimited ones.
 */
export function chooseFault(armed: readonly ArmedFault[], subject: FaultSubject): FaultChoice {
  const changed = new Map<string, ArmedFault>();
  let chosen: ArmedFault | undefined;
  for (const candidate of [...armed.filter(isCounted), ...armed.filter((other) => !isCounted(other))]) {
    if (!matches(candidate.fault, subject) || candidate.used >= (candidate.fault.count ?? 1)) continue;
    if (candidate.skipped < (candidate.fault.skip ?? 0)) {
      changed.set(candidate.id, { ...candidate, skipped: candidate.skipped + 1 });
      continue;
    }
    chosen = candidate;
    changed.set(candidate.id, { ...candidate, used: candidate.used + 1 });
    break;
  }
  return { chosen, armed: changed.size === 0 ? armed : armed.map((fault) => changed.get(fault.id) ?? fault) };
}

function isCounted({ fault }: ArmedFault): boolean {
  return (fault.count ?? 1) !== Infinity;
}

function matches(fault: Fault, subject: FaultSubject): boolean {
  return (
    (fault.endpoint === undefined || fault.endpoint === '*' || fault.endpoint === subject.endpoint) &&
    (fault.device === undefined || fault.device === subject.device) &&
    (fault.forwardedFor === undefined || fault.forwardedFor === subject.forwardedFor) &&
    (fault.clientId === undefined || fault.clientId === subject.clientId)
  );
}
