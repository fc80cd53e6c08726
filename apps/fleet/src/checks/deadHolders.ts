import type { History, Terms, Violation } from './History.js';

/**
 * I9: whoever waits for a process that died is held up for its lease and one look longer, at most. For runs in which
 * deaths are the only disturbance.
 */
export function deadHolders(history: History, terms: Terms): readonly Violation[] {
  const deaths = history.disturbances.filter(({ kind }) => kind === 'died');
  return deaths.flatMap(({ worker: dead, startedAt: diedAt }) =>
    history.calls.flatMap(({ worker, device, startedAt, endedAt }) => {
      if (worker === dead || startedAt > diedAt + terms.leaseMs || endedAt === null || endedAt < diedAt)
        return [];
      const wasAtIt = history.dcrCalls.some(
        (call) => call.worker === dead && call.device === device && call.startedAt <= diedAt,
      );
      const heldUpMs = endedAt - Math.max(startedAt, diedAt);
      if (!wasAtIt || heldUpMs <= terms.leaseMs + terms.pollMs + terms.toleranceMs) return [];
      const message = `device ${device} waited ${Math.round(heldUpMs)} ms for ${dead ?? 'a process'}, which was dead`;
      return [{ invariant: 'I9', message } as const];
    }),
  );
}
