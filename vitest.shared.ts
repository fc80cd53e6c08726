import { defineProject, type UserWorkspaceConfig } from 'vitest/config';
import { parseCLI } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether this run takes all there is. Else each behaviour is proven once, in the least time. */
    everything: boolean;
  }
}

/** Packages import one another from source, so tests need no build. */
const conditions = ['@pass-dcr/source', 'module', 'node', 'development|production'];

export interface Selection {
  readonly everything: boolean;
  readonly projects: readonly string[];
}

/** What is asked for by name, a file or a test, is run whole: whoever names it wants to see it. */
export function selectionOf(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Selection {
  const { filter, options } = parseCLI(['vitest', ...args]);
  return {
    everything:
      env['PASS_TESTS'] === 'everything' || filter.length > 0 || options.testNamePattern !== undefined,
    projects: [options.project ?? []].flat(),
  };
}

export const selection: Selection = selectionOf(process.argv.slice(2), process.env);

interface ProjectOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** Files share processes, and with them all that these have loaded: no file mocks a module. */
export function projectConfig(
  name: string,
  { include = ['test/**/*.test.ts'], exclude = [] }: ProjectOptions = {},
): UserWorkspaceConfig {
  const { everything } = selection;
  return defineProject({
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: [...include],
      exclude: ['**/node_modules/**', ...(everything ? [] : ['**/*.slow.test.ts']), ...exclude],
      provide: { everything },
      isolate: false,
      environment: 'node',
      testTimeout: 30_000,
      // A busy machine; what is there is found at once.
      expect: { poll: { timeout: 5_000 } },
    },
  });
}
