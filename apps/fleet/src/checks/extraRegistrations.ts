import { disturbancesDuring } from './disturbed.js';
import { byDevice } from './groupBy.js';
import type {
  DcrCall,
  DisturbanceKind,
  History,
  LeaseExpiry,
  Registration,
  Settled,
  Terms,
  Violation,
} from './History.js';

/** What can cost a registration: whoever registered did not live, or did not get through, to store it in time. */
const costly: ReadonlySet<DisturbanceKind> = new Set([
  'died',
  'paused',
  'closed',
  'redis-down',
  'redis-unreachable',
  'redis-slow',
  'redis-connections-cut',
  'redis-lost-writes',
  'upstream-failed',
] satisfies DisturbanceKind[]);

interface Heard extends Registration {
  readonly call: DcrCall;
}

/**
 * I3: one registration for each device; each further one has a reason of its own since the one before. One whose answer its
 * process never heard is excused by that, and is no reason for others: a busy simulator may take it up long after.
 */
export function extraRegistrations(history: History, terms: Terms): readonly Violation[] {
  const calls = byDevice(history.dcrCalls);
  const settled = byDevice(history.settled);
  const inOrder = history.registrations.toSorted((a, b) => a.at - b.at);
  return [...byDevice(inOrder)].flatMap(([device, registrations]) => {
    const heard = registrations.flatMap((registration) => {
      const call = answeredCall(registration, calls.get(device) ?? [], settled.get(device) ?? []);
      return call === undefined ? [] : [{ ...registration, call }];
    });
    return heard.flatMap((registration, index) => {
      const before = heard[index - 1];
      if (before === undefined || hasReason(before, registration, history, terms)) return [];
      const message = `device ${device} was registered again after ${registration.at - before.at} ms, for no reason`;
      return [{ invariant: 'I3', message } as const];
    });
  });
}

function hasReason(
  before: Heard,
  { device, at }: Heard,
  { kills, disturbances, leaseExpiries }: History,
  { leaseMs }: Terms,
): boolean {
  const { call } = before;
  const span = { from: before.at, to: at };
  if (kills.some((kill) => kill.device === device && kill.at >= span.from - 1 && kill.at <= span.to))
    return true;
  const isMeanwhile = (expiry: LeaseExpiry): boolean =>
    expiry.device === device && expiry.at >= call.startedAt && expiry.at <= at;
  if (leaseExpiries.some((expiry) => expiry.lifeMs === leaseMs && isMeanwhile(expiry))) return true;
  return disturbancesDuring(disturbances, call.worker, span).some(({ kind }) => costly.has(kind));
}

/** The call that registered the pair, if the process that made it has heard the answer. */
function answeredCall(
  { clientId }: Registration,
  calls: readonly DcrCall[],
  settled: readonly Settled[],
): DcrCall | undefined {
  const call = calls.find((each) => each.kind === 'register' && each.clientId === clientId);
  // Otherwise the simulator knows the pair, but its answer never went out.
  if (call === undefined || typeof call.status !== 'number') return undefined;
  return wasAnswered(call, calls, settled) ? call : undefined;
}

/** Whether the process that made `call` has heard its answer: before its next call for the device was taken up. */
function wasAnswered(call: DcrCall, calls: readonly DcrCall[], settled: readonly Settled[]): boolean {
  const { worker, device, kind, startedAt } = call;
  const next = calls
    .filter((other) => other.worker === worker && other.kind === kind && other.startedAt > startedAt)
    .reduce((earliest, other) => Math.min(earliest, other.startedAt), Infinity);
  return settled.some(
    (one) =>
      one.answered &&
      one.worker === worker &&
      one.device === device &&
      one.kind === kind &&
      one.at >= Math.floor(startedAt) &&
      one.at < next,
  );
}

/** Pairs that were registered and that no request was ever given a token of. */
export function orphans({ registrations, handOuts, apiCalls }: History): number {
  const used = new Set([...handOuts, ...apiCalls].map(({ clientId }) => clientId));
  return registrations.filter(({ clientId }) => !used.has(clientId)).length;
}
