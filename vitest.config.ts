import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LeftOut } from './scripts/LeftOut.ts';
import { TestCounts } from './scripts/TestCounts.ts';

export default defineConfig({
  test: {
    projects: ['packages/*', 'packages/nest/versions/*', 'apps/*', 'scripts'],
    // Most of the time of these tests is waiting: for sockets, processes, and seconds that are part of what is tested.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    reporters: [
      'default',
      new TestCounts(process.env['TEST_COUNTS_FILE'] ?? 'node_modules/.cache/test-counts.json'),
      new LeftOut('node_modules/.cache/tests-left-out.json'),
    ],
  },
});
