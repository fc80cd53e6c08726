/** The `it` or `test` of vitest, jest, mocha or node:test. Where it has a `skip`, what is not offered is skipped by it. */
export interface RunnerIt {
  (name: string, test: () => Promise<void>): unknown;
  readonly skip?: ((name: string, test: () => Promise<void>) => unknown) | undefined;
}

/** The `expect` of vitest or jest, or any function of that shape. */
export type RunnerExpect = (actual: unknown) => { toEqual(expected: unknown): unknown };
