import type { Answer } from '../../src/registration/event.js';
import type { Effect, PendingEffect } from '../../src/registration/effect.js';
import type { CredentialsRecord } from '../../src/registration/record.js';
import type { State } from '../../src/registration/state.js';
import type { HeldToken } from '../../src/registration/token.js';
import {
  clientBit,
  clientOfToken,
  Violation,
  type Cell,
  type History,
  type Proc,
  type World,
} from './world.js';

/** I1, I4 and I6: what holds whenever a token is handed out. Returns the history with it. */
export function handOut(history: History, token: HeldToken, rejected: string | null, now: number): History {
  const { accessToken } = token;
  const clientId = clientOfToken(accessToken);
  const bit = clientBit(clientId);
  if ((history.everStored & bit) === 0) {
    throw new Violation(`I4: a token of ${clientId} is handed out, which has never been in the store`);
  }
  // What is left in memory of a client that was revoked is no loss of a living one: it goes with the next renewal.
  const others = history.handedOut & ~lost(history) & ~bit;
  // A pair that had been given up counts again, because a viewer has signed in with it, and with no other.
  const isSignedIn = (history.signedIn & bit) !== 0 && (history.signedIn & others) === 0;
  if (others !== 0 && (lost(history) & bit) === 0 && !history.destroyed && !isSignedIn) {
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
    const alive = (lost(history) & clientBit(clientId)) === 0;
    const isBetter =
      next !== null &&
      (history.signedIn & clientBit(next.clientId)) !== 0 &&
      (history.signedIn & clientBit(clientId)) === 0;
    const outranked = history.destroyed && next !== null && next.generation > generation;
    if (alive && !outranked && !isBetter) {
      throw new Violation(
        `I2: the stored pair, ${clientId}, is alive and gives way to ${next?.clientId ?? 'nothing'}`,
      );
    }
    if (next !== null && !history.destroyed) {
      if (next.generation !== generation + 1) {
        throw new Violation(`I2: generation ${generation} gives way to generation ${next.generation}`);
      }
      if (!next.earlier.some((pair) => pair.clientId === clientId)) {
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

/** Those that Adobe Pass does not know, or has not known at some time: to give them up is no loss of a living one. */
function lost({ killed, everForgotten, foreign }: History): number {
  return killed | everForgotten | foreign;
}

/** I12: a refusal changes nothing about a pair while its device has a usable token. */
export function checkReplacing(state: State, now: number): void {
  if (state.kind !== 'storingReplacement' || !state.isRefused) return;
  const { token } = state.known;
  if (token !== null && now < token.expiresAt) {
    throw new Violation(`I12: a refused pair is replaced, though ${token.accessToken} is good`);
  }
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

/** I10: whoever is admitted holds one place. */
export function movePlace(place: boolean, { type }: Answer): boolean {
  if (type !== 'registrationAdmitted') return place;
  if (place) throw new Violation('I10: a second place to register is reserved');
  return true;
}

/** I10: nobody registers without a place, and nobody keeps one for anything else. */
export function checkPlace({ place, pending }: Proc): void {
  if (pending?.type === 'register' && !place) throw new Violation('I10: a register call without a place');
  if (place && pending?.type !== 'register' && pending?.type !== 'swapLease') {
    throw new Violation(`I10: a place to register is kept, and ${pending?.type ?? 'nothing'} is pending`);
  }
}

/** I14: a viewer is bound to the pair that is in the store, and that is marked in memory before the call leaves. */
export function checkConfirmed(pair: CredentialsRecord | null, { credentials }: World): void {
  const stored = credentials?.record.clientId;
  if (pair === null || pair.clientId !== stored) {
    throw new Violation(
      `I14: ${pair?.clientId ?? 'no pair'} is confirmed, and ${stored ?? 'none'} is in the store`,
    );
  }
  if (pair.boundAt === null) throw new Violation(`I14: ${pair.clientId} is confirmed and not marked`);
}

export interface Heard {
  readonly before: State;
  readonly answer: Answer;
  /** What was answered; `null`: nothing was asked. */
  readonly effect: PendingEffect | null;
  readonly effects: readonly Effect[];
  /** The work is about a pair that may be lost. */
  readonly isChecking: boolean;
}

/** I11: what is stored is looked after, what was lost is said, and a look without an answer is made again. */
export function checkSaid({ before, answer, effect, effects, isChecking }: Heard): void {
  const said = (type: Effect['type']): number => effects.filter((each) => each.type === type).length;
  const stored =
    effect?.type === 'swapCredentials' && answer.type === 'credentialsSwapped' && answer.result.ok
      ? effect.next
      : null;
  const isNewer = 'reason' in before && before.reason === 'newer';
  const hadNone = before.known.pair === null || before.known.pair.generation === 0;
  const isBack = stored !== null && !hadNone && !isNewer && before.kind !== 'storingReplacement';
  const isNew = stored !== null && !isNewer && !isBack;
  if (said('pairRestored') !== (isBack ? 1 : 0)) {
    throw new Violation(`I11: that a lost pair is back is said ${said('pairRestored')} times`);
  }
  if (said('pairStored') !== (isNew ? 1 : 0)) {
    throw new Violation(`I11: that a new pair is stored is said ${said('pairStored')} times`);
  }
  if (said('checkUnanswered') !== (isChecking && answer.type === 'cacheFailed' ? 1 : 0)) {
    throw new Violation(`I11: that a look had no answer is said ${said('checkUnanswered')} times`);
  }
}
