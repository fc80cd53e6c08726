/**
 * Runs lanes beside one another, and the steps of a lane one after the other. What a step said is told whole, in the
 * order of the lanes: when it is over, and everything before it has been told.
 * @template Step, Outcome
 * @param {readonly (readonly Step[])[]} lanes
 * @param {{ run: (step: Step) => Promise<Outcome>, tell: (outcome: Outcome) => void }} how
 * @returns {Promise<void>} when all are over
 */
export async function sideBySide(lanes, { run, tell }) {
  const begun = lanes.flatMap((lane) => {
    /** @type {Promise<unknown>} */
    let before = Promise.resolve();
    return lane.map((step) => {
      const outcome = before.then(async () => await run(step));
      before = outcome;
      return outcome;
    });
  });
  for (const outcome of begun) tell(await outcome);
}
