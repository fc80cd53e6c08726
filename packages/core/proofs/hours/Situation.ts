import type { Changes } from './FleetProcess.js';

/** What was counted, and what of it is not as it must be. */
export interface Verdict {
  readonly seen: string;
  readonly wrong: readonly string[];
}

/** One run of a situation. */
export interface Hour {
  /** In which of its forms; empty where there is one. */
  readonly form: string;
  /** What takes minutes is left out where time is short. */
  readonly isLong?: boolean;
  readonly run: (changes: Changes) => Promise<Verdict>;
}

/** The rule that a situation rests on is switched off: the run must then fail, or it shows nothing. */
export interface Control {
  readonly off: string;
  readonly run: () => Promise<Verdict>;
}

export interface Situation {
  readonly name: string;
  readonly situation: string;
  readonly mustBe: string;
  readonly hours: readonly Hour[];
  readonly controls: readonly Control[];
}

/** How large the fleets are. */
export type Scale = 'short' | 'full';

export interface Counted {
  readonly said: string;
  readonly holds: boolean;
}

export function verdictOf(counted: readonly Counted[]): Verdict {
  return {
    seen: counted.map(({ said, holds }) => (holds ? said : `${said} (!)`)).join(', '),
    wrong: counted.filter(({ holds }) => !holds).map(({ said }) => said),
  };
}

export function atMost(count: number, most: number, what: string): Counted {
  return { said: `${count} ${what}`, holds: count <= most };
}

export function exactly(count: number, wanted: number, what: string): Counted {
  return { said: `${count} ${what}`, holds: count === wanted };
}

export function between(count: number, least: number, most: number, what: string): Counted {
  return { said: `${count} ${what}`, holds: count >= least && count <= most };
}

/** `null`: never. */
export function within(ms: number | null, mostMs: number, what: string): Counted {
  if (ms === null) return { said: `never ${what}`, holds: false };
  return { said: `${what} after ${(ms / 1_000).toFixed(1)} s`, holds: ms <= mostMs };
}

/** Counted, and not bound by anything. */
export function beside(said: string): Counted {
  return { said, holds: true };
}
