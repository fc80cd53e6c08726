import type { Timing } from '../timing.js';

/** What the whole fleet has noted. Counts of devices, each once. */
export interface FleetRefusals {
  /** Refused for the first time within `newlyRefusedMs`, whether they were served since or not. */
  readonly newly: number;
  /** Refused within `refusedKeptMs`, and without a token since. */
  readonly refused: number;
  /** That asked for a token within `newlyRefusedMs`. */
  readonly asked: number;
  /** That were served within hours. */
  readonly served: number;
}

/** `witness_refused`: a pair that nobody had doubted was refused while a refusal was looked into. */
export type IncidentCause = 'newly_refused' | 'refused' | 'witness_refused';

type Rules = Pick<Timing['replacement'], 'newlyRefused' | 'newlyRefusedPart' | 'refused' | 'refusedPart'>;

/** Why so many refusals are no misfortune of single devices: Adobe Pass is confused, or a server's way to it is wrong. */
export function incidentCause(fleet: FleetRefusals, rules: Rules): IncidentCause | null {
  const { newly, asked, refused, served } = fleet;
  if (newly >= rules.newlyRefused && newly > asked * rules.newlyRefusedPart) return 'newly_refused';
  if (refused > Math.max(rules.refused, served * rules.refusedPart)) return 'refused';
  return null;
}
