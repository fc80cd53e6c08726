import { defineConfig } from 'vitest/config';
import type { Reporter, RunnerTestCase, Vitest } from 'vitest/node';

/**
 * Stryker looks at tests only: a file that fails before it has any would be no failure at all, neither in the first run
 * nor beside a mutant. So each such file gets one test, which has failed.
 */
class FailedFilesHaveFailedTests implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(): void {
    for (const file of this.#vitest?.state.getFiles() ?? []) {
      if (file.result?.state !== 'fail' || file.tasks.length > 0) continue;
      const test: Partial<RunnerTestCase> = {
        type: 'test',
        name: 'can be loaded',
        mode: 'run',
        file,
        suite: file,
        result: file.result,
      };
      file.tasks.push(test as RunnerTestCase);
    }
  }
}

/** The tests that `npm run mutate` runs against each mutant: quick ones, and only those of what is mutated. */
export default defineConfig({
  test: {
    include: ['packages/core/test/{cache,registration}/**/*.test.ts'],
    // It explores when it is collected, for seconds: too long for each of a thousand mutants.
    exclude: ['packages/core/test/registration/transition.test.ts'],
    environment: 'node',
    reporters: ['default', new FailedFilesHaveFailedTests()],
  },
});
