import type { World } from '../world.js';

/** As after a start, except for the clock, which others may be following. */
export function resetWorld({ statements, clients, tokens, profiles, throttle, faults, ledger }: World): void {
  statements.clear();
  clients.clear();
  tokens.clear();
  profiles.clear();
  throttle.clear();
  faults.clear();
  ledger.clear();
}
