import { byDevice } from './groupBy.js';
import type { History, Terms, Violation } from './History.js';
import { pairsHandedOut } from './pairsHandedOut.js';

/** The clock of Redis is that of this machine, read at another moment. */
const clocksDifferMs = 5;

/** I4: a pair is in Redis before a request has a token of it, and a device's first pair before a token is asked for. */
export function storedBeforeUse(history: History, { writesAreComplete }: Terms): readonly Violation[] {
  if (!writesAreComplete) return [];
  const writes = byDevice(history.writes.filter(({ stamp }) => stamp !== null));
  const writtenBy = (device: number, at: number): number =>
    new Set(
      (writes.get(device) ?? []).filter((write) => write.at <= at + clocksDifferMs).map(({ stamp }) => stamp),
    ).size;
  const unstored = [...pairsHandedOut(history).values()].flatMap((pairs) =>
    pairs
      .filter(({ device, firstAt }, index) => writtenBy(device, firstAt) <= index)
      .map(({ device, clientId }) =>
        violation(`device ${device} was handed ${clientId} before it was in Redis`),
      ),
  );
  const firstTokens = [...byDevice(history.dcrCalls.filter(({ kind }) => kind === 'token')).values()].flatMap(
    (calls) => calls.toSorted((a, b) => a.startedAt - b.startedAt).slice(0, 1),
  );
  const early = firstTokens
    .filter(({ device, startedAt }) => writtenBy(device, startedAt) === 0)
    .map(({ device }) => violation(`a token was asked for device ${device} before its pair was in Redis`));
  return [...unstored, ...early];
}

function violation(message: string): Violation {
  return { invariant: 'I4', message };
}
