/** A schedule that once broke an invariant. */
export interface KeptSchedule {
  readonly seed: number;
  readonly schedule: number;
  /** What was wrong, and in which commit it was repaired. */
  readonly found: string;
}

/** Run by every run of the schedules, for ever. A failing run prints the line to add. */
export const keptSchedules: readonly KeptSchedule[] = [];
