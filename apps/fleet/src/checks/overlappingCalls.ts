import { groupBy } from './groupBy.js';
import type { DcrCall, History, Settled, Violation } from './History.js';

/** What Adobe Pass asks for after a 429. */
const throttleMs = 1_000;

/**
 * I5: a process has one register or token call per device on the wire, and waits a second after a 429. When a call is
 * taken up, all those before it are over for the process.
 */
export function overlappingCalls({ dcrCalls, settled }: History): readonly Violation[] {
  const ends = groupBy(settled, placeOf);
  return [...groupBy(dcrCalls, placeOf)].flatMap(([place, calls]) => {
    const inOrder = calls.toSorted((a, b) => a.startedAt - b.startedAt);
    const settledHere = ends.get(place) ?? [];
    return inOrder.flatMap((call, index) => {
      const before = inOrder[index - 1];
      if (before === undefined) return [];
      const over = settledHere.filter(({ at }) => at <= call.startedAt);
      return over.length < index
        ? [tooEarly(call, 'before its last call had ended')]
        : pause(before, call, over);
    });
  });
}

function pause(before: DcrCall, call: DcrCall, over: readonly Settled[]): readonly Violation[] {
  if (before.status !== 429 || before.endedAt === null) return [];
  const waitedMs = call.startedAt - before.endedAt;
  const hasHeard = over.some(({ answered, at }) => answered && at >= Math.floor(before.startedAt));
  if (!hasHeard || waitedMs >= throttleMs) return [];
  return [tooEarly(call, `${Math.floor(waitedMs)} ms after a 429`)];
}

function placeOf({ worker, device }: DcrCall | Settled): string {
  return `${worker} ${device}`;
}

function tooEarly({ worker, device }: DcrCall, when: string): Violation {
  return { invariant: 'I5', message: `${worker} called Adobe Pass for device ${device} ${when}` };
}

/** I5 for the fleet: where nothing disturbs it, one call per device on the wire, whoever makes it. */
export function overlappingInFleet({ dcrCalls }: History): readonly Violation[] {
  const series = groupBy(dcrCalls, ({ device }) => device);
  return [...series].flatMap(([device, calls]) => {
    const inOrder = calls.toSorted((a, b) => a.startedAt - b.startedAt);
    return inOrder.flatMap((call, index) => {
      const before = inOrder[index - 1];
      if (before === undefined || call.startedAt >= (before.endedAt ?? Infinity)) return [];
      const message = `${before.worker} and ${call.worker} called Adobe Pass for device ${device} at the same time`;
      return [{ invariant: 'I5', message } as const];
    });
  });
}
