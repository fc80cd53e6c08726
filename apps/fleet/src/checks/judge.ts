import { deadlines, lateCalls } from './deadlines.js';
import { deadHolders } from './deadHolders.js';
import { extraRegistrations, orphans } from './extraRegistrations.js';
import type { History, Terms, Violation } from './History.js';
import { lostPairs, overwrittenPairs } from './lostPairs.js';
import { overlappingCalls, overlappingInFleet } from './overlappingCalls.js';
import { storedBeforeUse } from './storedBeforeUse.js';
import { switches } from './switches.js';
import { wrongTokens } from './wrongTokens.js';

export interface Figures {
  readonly calls: number;
  readonly registrations: number;
  readonly tokens: number;
  readonly kills: number;
  readonly orphans: number;
  readonly lost: number;
  readonly switched: number;
  readonly late: number;
}

export interface Judgement {
  readonly figures: Figures;
  readonly violations: readonly Violation[];
}

/** Everything that can be said of a run. I8 is looked for where the bytes are: see `leaks`. */
export function judge(history: History, terms: Terms): Judgement {
  const switched = switches(history);
  const lost = lostPairs(history);
  const { disturbances, kills } = history;
  return {
    figures: {
      calls: history.calls.length,
      registrations: history.registrations.length,
      tokens: history.dcrCalls.filter(({ kind, issued }) => kind === 'token' && issued !== null).length,
      kills: kills.length,
      orphans: orphans(history),
      lost: lost.length,
      switched: switched.length,
      late: lateCalls(history, terms).length,
    },
    violations: [
      ...switched,
      ...lost,
      ...overwrittenPairs(history, terms),
      ...extraRegistrations(history, terms),
      ...storedBeforeUse(history, terms),
      ...overlappingCalls(history),
      ...(disturbances.length === 0 ? overlappingInFleet(history) : []),
      ...wrongTokens(history, terms),
      ...deadlines(history, terms),
      ...(disturbances.every(({ kind }) => kind === 'died') ? deadHolders(history, terms) : []),
    ],
  };
}
