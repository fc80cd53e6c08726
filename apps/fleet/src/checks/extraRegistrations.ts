import { disturbancesDuring } from './disturbed.js';
import { byDevice } from './groupBy.js';
import type { DcrCall, DisturbanceKind, History, Registration, Terms, Violation } from './History.js';

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

/** I3: one registration for each device; each further one has a reason of its own since the one before. */
export function extraRegistrations(history: History, terms: Terms): readonly Violation[] {
  const calls = byDevice(history.dcrCalls);
  return [...byDevice(history.registrations.toSorted((a, b) => a.at - b.at))].flatMap(
    ([device, registrations]) =>
      registrations.flatMap((registration, index) => {
        const before = registrations[index - 1];
        if (before === undefined || hasReason(before, registration, calls.get(device) ?? [], history, terms))
          return [];
        return [
          {
            invariant: 'I3',
            message: `device ${device} was registered again after ${registration.at - before.at} ms, for no reason`,
          } as const,
        ];
      }),
  );
}

function hasReason(
  before: Registration,
  { device, at }: Registration,
  calls: readonly DcrCall[],
  { kills, disturbances, givenUp, leaseExpiries }: History,
  { leaseMs }: Terms,
): boolean {
  const span = { from: before.at, to: at };
  if (kills.some((kill) => kill.device === device && kill.at >= span.from - 1 && kill.at <= span.to))
    return true;
  const call = calls.find(({ kind, clientId }) => kind === 'register' && clientId === before.clientId);
  // The simulator knows the pair, but its answer never went out.
  if (call === undefined || typeof call.status !== 'number') return true;
  const isMeanwhile = (event: { readonly device: number; readonly at: number }): boolean =>
    event.device === device && event.at >= call.startedAt && event.at <= at;
  if (givenUp.some((one) => one.worker === call.worker && isMeanwhile(one))) return true;
  if (leaseExpiries.some((one) => one.lifeMs === leaseMs && isMeanwhile(one))) return true;
  return disturbancesDuring(disturbances, call.worker, span).some(({ kind }) => costly.has(kind));
}

/** Pairs that were registered and that no request was ever given a token of. */
export function orphans({ registrations, handOuts, apiCalls }: History): number {
  const used = new Set([...handOuts, ...apiCalls].map(({ clientId }) => clientId));
  return registrations.filter(({ clientId }) => !used.has(clientId)).length;
}
