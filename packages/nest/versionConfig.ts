import { fileURLToPath } from 'node:url';
import { mergeConfig, type UserWorkspaceConfig } from 'vitest/config';
import { projectConfig } from '../../vitest.shared.ts';

/** The Nest of one folder of versions/, for the source and for the tests alike. */
export function nestOf(name: string): Pick<UserWorkspaceConfig, 'test' | 'resolve'> {
  const folder = new URL(`./versions/${name}/node_modules/`, import.meta.url);
  return {
    test: { env: { NEST_MODULES: folder.href } },
    resolve: { alias: [{ find: /^@nestjs\//, replacement: fileURLToPath(new URL('@nestjs/', folder)) }] },
  };
}

/** The tests of this package with that Nest. */
export function versionConfig(name: string): UserWorkspaceConfig {
  return mergeConfig(
    mergeConfig(projectConfig(name, { include: ['test/*.test.ts'] }), {
      test: { root: fileURLToPath(new URL('.', import.meta.url)) },
    }),
    nestOf(name),
  );
}
