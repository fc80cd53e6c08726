import type { PendingEffect } from '../../src/registration/effect.js';
import type { CredentialsRecord } from '../../src/registration/record.js';
import type { State } from '../../src/registration/state.js';
import type { HeldToken } from '../../src/registration/token.js';
import { clientBit, clientOfToken, Violation, type Cell, type History, type World } from './world.js';

/** I1, I4 and I6: what holds whenever a token is handed out. Returns the history with it. */
export function handOut(history: History, token: HeldToken, rejected: string | null, now: number): History {
  const { accessToken } = token;
  const clientId = clientOfToken(accessToken);
  const bit = clientBit(clientId);
  if ((history.everStored & bit) === 0) {
    throw new Violation(`I4: a token of ${clientId} is handed out, which has never been in the store`);
  }
  // What is left in memory of a client that was revoked is no loss of a living one: it goes with the next renewal.
  const others = history.handedOut & ~history.killed & ~bit;
  if (others !== 0 && (history.killed & bit) === 0 && !history.destroyed) {
    throw new Violation(`I1: a token of ${clientId} is handed out after one of another client that is alive`);
  }
  if (now >= token.expiresAt) throw new Violation(`I6: ${accessToken} is handed out after its expiry`);
  if (accessToken === rejected)
    throw new Violation(`I6: ${accessToken} is handed out after a 401 has named it`);
  return (history.handedOut & bit) === 0 ? { ...history, handedOut: history.handedOut | bit } : history;
}

/** I2: what holds whenever the stored credentials change by a write. Returns the history with it. */
export function storeCredentials(
  history: History,
  old: Cell<CredentialsRecord> | null,
  next: CredentialsRecord | null,
): History {
  if (old !== null && old.record.clientId !== next?.clientId) {
    const { clientId, generation } = old.record;
    const alive = (history.killed & clientBit(clientId)) === 0;
    const outranked = history.destroyed && next !== null && next.generation > generation;
    if (alive && !outranked) {
      throw new Violation(
        `I2: the stored pair, ${clientId}, is alive and gives way to ${next?.clientId ?? 'nothing'}`,
      );
    }
    if (next !== null && !history.destroyed) {
      if (next.generation !== generation + 1) {
        throw new Violation(`I2: generation ${generation} gives way to generation ${next.generation}`);
      }
      if (next.previous?.clientId !== clientId) {
        throw new Violation(`I2: ${clientId} is replaced and cannot be restored`);
      }
    }
  }
  if (next === null) return history;
  const bit = clientBit(next.clientId);
  // Who puts back what the store has lost cannot know that it has been revoked; finding out may cost a registration.
  const replayed = old === null && (history.killed & bit) !== 0;
  return {
    ...history,
    everStored: history.everStored | bit,
    excuses: replayed ? history.excuses + 1 : history.excuses,
  };
}

/** I2 in memory: what a process knows never gives way to nothing, nor to a lower generation. */
export function checkMemory(before: State, after: State): void {
  const had = before.known.pair;
  const has = after.known.pair;
  if (had === null || has === had) return;
  if (has === null || has.generation < had.generation) {
    throw new Violation(
      `I2: the process gives up generation ${had.generation} for ${has?.generation ?? 'nothing'}`,
    );
  }
}

/** I3: a registration more than the first needs a fault as its excuse. */
export function checkRegistrations(history: History): void {
  const { registrations, excuses } = history;
  if (registrations <= 1 + excuses) return;
  throw new Violation(
    `I3: ${registrations} registrations, and ${excuses} faults that could excuse more than one`,
  );
}

export const isCall = (effect: PendingEffect | null): boolean =>
  effect !== null && (effect.type === 'register' || effect.type === 'requestToken');

/** I5 for the fleet: the lease keeps calls apart. For one process see `takeEffect`. */
export function checkCalls(world: World): void {
  if (!world.history.calm) return;
  const calls = world.procs.filter((proc) => isCall(proc.pending)).length;
  if (calls > 1)
    throw new Violation(`I5: ${calls} calls to Adobe Pass at once, though no lease has been lost`);
}
