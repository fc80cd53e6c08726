import { availableParallelism } from 'node:os';
import { defineConfig, mergeConfig } from 'vitest/config';
import { nestOf } from './packages/nest/versionConfig.ts';
import { LongestFirst } from './scripts/LongestFirst.ts';
import { LeftOut } from './scripts/LeftOut.ts';
import { TestCounts } from './scripts/TestCounts.ts';
import { projectConfig, selection } from './vitest.shared.ts';

const newestNest = 'nest12';
const olderNests = ['nest10', 'nest11'].filter(
  (name) => selection.everything || selection.projects.includes(name),
);

/** Files of several projects share no process, and most of a short file is what it loads. */
const together = mergeConfig(
  projectConfig('all', {
    include: ['{packages,apps}/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
    // These want the Nest that the built package finds.
    exclude: ['packages/nest/test/{docs,once}/**'],
  }),
  nestOf(newestNest),
);

export default defineConfig({
  test: {
    projects: [
      ...(selection.projects.length > 0
        ? ['packages/*', 'apps/*', 'scripts', folderOf(newestNest)]
        : [together, 'packages/nest']),
      ...olderNests.map(folderOf),
    ],
    // Most of the time of these tests is waiting: for sockets, processes, and seconds that are part of what is tested.
    // With everything there are servers and processes by the dozen beside them, which want their share.
    maxWorkers: Math.max(selection.everything ? 3 : 5, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    // Each project would compile the sources of core for itself, and again in every run.
    experimental: { fsModuleCache: true },
    reporters: [
      'default',
      new TestCounts(process.env['TEST_COUNTS_FILE'] ?? 'node_modules/.cache/test-counts.json'),
      new LeftOut('node_modules/.cache/tests-left-out.json'),
    ],
  },
});

function folderOf(nest: string): string {
  return `packages/nest/versions/${nest}`;
}
