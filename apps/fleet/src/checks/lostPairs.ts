import { disturbancesDuring } from './disturbed.js';
import { byDevice } from './groupBy.js';
import type { History, Terms, Violation } from './History.js';
import { pairsHandedOut } from './pairsHandedOut.js';

/** I2, at the end: whoever remembers nothing is given the very pair that the device had, as long as it lives. */
export function lostPairs(history: History): readonly Violation[] {
  const handedOut = pairsHandedOut(history);
  const registered = new Set(history.registrations.map(({ clientId }) => clientId));
  return history.audits.flatMap(({ device, clientId }) => {
    const living = (handedOut.get(device) ?? []).filter(({ killedAt }) => killedAt === null);
    if (clientId === null) return [lost(`device ${device} is served no more`)];
    if (!registered.has(clientId)) return [lost(`device ${device} has ${clientId}, which nobody registered`)];
    return living
      .filter((pair) => pair.clientId !== clientId)
      .map((pair) => lost(`device ${device} had the living pair ${pair.clientId}, and now has ${clientId}`));
  });
}

/** I2, all the time: Redis never gives up the value of living credentials for another, or for none. */
export function overwrittenPairs(history: History, { writesAreComplete }: Terms): readonly Violation[] {
  if (!writesAreComplete) return [];
  const kills = byDevice(history.kills);
  return [...byDevice(history.writes)].flatMap(([device, writes]) =>
    writes.flatMap(({ at, stamp }, index) => {
      const before = writes[index - 1];
      if (before === undefined || before.stamp === null || before.stamp === stamp) return [];
      if ((kills.get(device) ?? []).some((kill) => kill.at <= at)) return [];
      const losses = disturbancesDuring(history.disturbances, null, { from: before.at, to: at });
      if (losses.some(({ kind }) => kind === 'redis-lost-writes')) return [];
      const what = stamp === null ? 'deleted' : 'overwritten';
      return [lost(`the living credentials of device ${device} were ${what} in Redis`)];
    }),
  );
}

function lost(message: string): Violation {
  return { invariant: 'I2', message };
}
