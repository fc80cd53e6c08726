/** What a runner hands to a test: nothing, or a context that can skip it. */
export type RunnerContext = readonly unknown[];

/**
 * The `it` or `test` of vitest, jest, mocha or node:test. Where it has a `skip`, what is not offered is skipped by it; what
 * is known to be missing only when the test runs is skipped by the context that the runner gives to it (vitest, node:test).
 */
export interface RunnerIt {
  (name: string, test: (...context: RunnerContext) => Promise<void>): unknown;
  readonly skip?: ((name: string, test: () => Promise<void>) => unknown) | undefined;
}

/** The `expect` of vitest or jest, or any function of that shape. */
export type RunnerExpect = (actual: unknown) => { toEqual(expected: unknown): unknown };
