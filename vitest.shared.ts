import { defineProject, type UserWorkspaceConfig } from 'vitest/config';

/** Packages import one another from source, so tests need no build. */
const conditions = ['@pass-dcr/source', 'module', 'node', 'development|production'];

export function projectConfig(
  name: string,
  include: readonly string[] = ['test/**/*.test.ts'],
): UserWorkspaceConfig {
  return defineProject({
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: [...include],
      environment: 'node',
      testTimeout: 30_000,
      // A busy machine; what is there is found at once.
      expect: { poll: { timeout: 5_000 } },
    },
  });
}
