import { byDevice, groupBy } from './groupBy.js';
import type { History } from './History.js';

/** A pair that requests of a device were given tokens of. */
export interface PairHandedOut {
  readonly device: number;
  readonly clientId: string;
  /** When the first of them had it. */
  readonly firstAt: number;
  /** When the driver had it revoked; `null`: it lives. */
  readonly killedAt: number | null;
}

/**
 * By device, in the order in which they were first handed out. Both the workers' logs and the ledger of protected calls
 * tell: a pair counts from when either first shows it.
 */
export function pairsHandedOut(history: History): ReadonlyMap<number, readonly PairHandedOut[]> {
  const uses = [
    ...history.handOuts.map(({ device, clientId, endedAt: at }) => ({ device, clientId, at })),
    ...history.apiCalls.map(({ device, clientId, at }) => ({ device, clientId, at })),
  ];
  const killedAt = new Map(history.kills.map(({ clientId, at }) => [clientId, at]));
  const pairs = [...groupBy(uses, ({ device, clientId }) => `${device} ${clientId}`).values()].flatMap(
    ([first, ...others]) =>
      first === undefined
        ? []
        : [
            {
              device: first.device,
              clientId: first.clientId,
              firstAt: others.reduce((earliest, { at }) => Math.min(earliest, at), first.at),
              killedAt: killedAt.get(first.clientId) ?? null,
            },
          ],
  );
  return byDevice(pairs.toSorted((a, b) => a.firstAt - b.firstAt));
}
