/** A seed with which the mixed chaos once did not hold. */
export interface KeptSeed {
  readonly seed: number;
  readonly mixedMs: number;
  readonly short: boolean;
  /** What was wrong, and in which commit it was repaired. */
  readonly found: string;
}

/** Run by each run with `--drawn`, for ever. A failing run prints the line to add. */
export const keptSeeds: readonly KeptSeed[] = [];
