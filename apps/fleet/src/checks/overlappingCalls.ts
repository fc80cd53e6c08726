import { groupBy } from './groupBy.js';
import type { DcrCall, History, Terms, Violation } from './History.js';

/** What Adobe Pass asks for after a 429. */
const throttleMs = 1_000;

/** I5: a process has one register or token call per device on the wire, and waits a second after a 429. */
export function overlappingCalls({ dcrCalls }: History, terms: Terms): readonly Violation[] {
  const series = groupBy(dcrCalls, ({ worker, device }) => `${worker} ${device}`);
  return [...series.values()].flatMap((calls) => {
    const inOrder = calls.toSorted((a, b) => a.startedAt - b.startedAt);
    return inOrder.flatMap((call, index) => {
      const before = inOrder[index - 1];
      return before === undefined ? [] : compare(before, call, terms);
    });
  });
}

function compare(
  before: DcrCall,
  { worker, device, startedAt }: DcrCall,
  terms: Terms,
): readonly Violation[] {
  const who = `${worker} called Adobe Pass for device ${device}`;
  // A process gives up after its timeout, when the simulator may still be at it.
  const endedAt = Math.min(before.endedAt ?? Infinity, before.startedAt + terms.upstreamTimeoutMs);
  if (startedAt < endedAt) {
    return [
      {
        invariant: 'I5',
        message: `${who} ${Math.ceil(endedAt - startedAt)} ms before its last call had ended`,
      },
    ];
  }
  if (before.status === 429 && startedAt < endedAt + throttleMs) {
    return [{ invariant: 'I5', message: `${who} ${Math.floor(startedAt - endedAt)} ms after a 429` }];
  }
  return [];
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
