import type { World } from '../world.js';

/** As after a start, except for the clock, which others may be following. */
export function resetWorld(world: World): void {
  const { statements, clients, tokens, sessions, profiles, singleSignOn } = world;
  const { temporaryAccess, degradations, logoutTickets, throttle, faults, ledger } = world;
  for (const part of [statements, clients, tokens, sessions, profiles, singleSignOn]) part.clear();
  for (const part of [temporaryAccess, degradations, logoutTickets, throttle, faults, ledger]) part.clear();
}
