import { defineConfig } from 'vitest/config';

/** The tests that `npm run mutate` runs against each mutant: quick ones, and only those of what is mutated. */
export default defineConfig({
  test: {
    include: ['packages/core/test/{cache,registration}/**/*.test.ts'],
    // It explores when it is collected, for seconds: too long for each of a thousand mutants.
    exclude: ['packages/core/test/registration/transition.test.ts'],
    environment: 'node',
  },
});
