import type { History, Violation } from './History.js';
import { pairsHandedOut } from './pairsHandedOut.js';

/** I1: a device that was handed a pair is never handed another one, unless Adobe Pass had revoked the first. */
export function switches(history: History): readonly Violation[] {
  return [...pairsHandedOut(history).values()].flatMap((pairs) =>
    pairs.flatMap((later, index) =>
      pairs
        .slice(0, index)
        .filter(({ killedAt }) => killedAt === null || killedAt > later.firstAt)
        .map((earlier) => ({
          invariant: 'I1' as const,
          message: `device ${later.device} was handed ${later.clientId} ${later.firstAt - earlier.firstAt} ms after ${earlier.clientId}, which was alive`,
        })),
    ),
  );
}
