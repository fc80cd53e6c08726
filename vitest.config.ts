import { defineConfig } from 'vitest/config';
import { TestCounts } from './scripts/TestCounts.ts';

export default defineConfig({
  test: {
    projects: ['packages/*', 'packages/nest/versions/*', 'apps/*', 'scripts'],
    reporters: [
      'default',
      new TestCounts(process.env['TEST_COUNTS_FILE'] ?? 'node_modules/.cache/test-counts.json'),
    ],
  },
});
