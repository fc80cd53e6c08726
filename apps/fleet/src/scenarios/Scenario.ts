import type { Stage } from '../stage/Stage.js';

export interface Scenario {
  readonly name: string;
  /** One line for `--list`: what must hold. */
  readonly summary: string;
  /** Part of `--short`, on a small scale. */
  readonly inShort: boolean;
  /** Ends when everything has been claimed. What it throws is a failure too. */
  readonly run: (stage: Stage) => Promise<void>;
}
