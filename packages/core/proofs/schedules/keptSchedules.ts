/** A schedule that once broke an invariant. */
export interface KeptSchedule {
  readonly seed: number;
  readonly schedule: number;
  /** What was wrong. */
  readonly found: string;
}

/** Run by every run of the schedules, for ever. A failing run prints the line to add. */
export const keptSchedules: readonly KeptSchedule[] = [
  {
    seed: 222_733_684,
    schedule: 458,
    found: 'a look at the records of an incident went on after close()',
  },
  {
    seed: 1,
    schedule: 1_582,
    found: 'a look at the records of a hold went on after close()',
  },
];
