import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import type { PassModuleAsyncOptions, PassOptionsFactory } from './PassModuleOptions.js';
import { invalid, resolveModuleOptions, type ResolvedModuleOptions } from './resolveModuleOptions.js';

/** A provider of the options but for its token. */
export type OptionsProvider = Pick<
  FactoryProvider<ResolvedModuleOptions | Promise<ResolvedModuleOptions>>,
  'useFactory' | 'inject'
>;

const known = ['imports', 'inject', 'useFactory', 'useClass', 'useExisting'];

/** Where `forRootAsync` gets its options from. @throws PassError `option_invalid` */
export function resolveSource(name: string, options: Readonly<Record<string, unknown>>): OptionsProvider {
  const stray = Object.keys(options).find((option) => !known.includes(option));
  if (stray !== undefined)
    throw invalid(
      `.forRootAsync() takes ${JSON.stringify(stray)} from what its factory returns, not beside it`,
    );
  const {
    useFactory,
    useClass,
    useExisting,
    inject = [],
  } = options as unknown as PassModuleAsyncOptions<object>;
  const given = [useFactory, useClass, useExisting].filter((source) => source !== undefined);
  if (given.length !== 1)
    throw invalid(
      `.forRootAsync() takes one of useFactory, useClass and useExisting, received ${given.length}`,
    );
  if (useFactory !== undefined)
    return {
      useFactory: async (...injected: unknown[]) =>
        resolveModuleOptions(name, await useFactory(...(injected as never[]))),
      inject: [...inject],
    };
  return {
    useFactory: async (factory: PassOptionsFactory) =>
      resolveModuleOptions(name, await factory.createPassOptions()),
    inject: given as InjectionToken[],
  };
}
