import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import { check, checkOptions, PassError } from '@pass-dcr/core';
import type { PassModuleAsyncOptions, PassOptionsFactory } from './PassModuleOptions.js';
import { resolveModuleOptions, type ResolvedModuleOptions } from './resolveModuleOptions.js';

/** A provider of the options but for its token. */
export type OptionsProvider = Pick<
  FactoryProvider<ResolvedModuleOptions | Promise<ResolvedModuleOptions>>,
  'useFactory' | 'inject'
>;

const checks = {
  imports: check.anything,
  inject: check.anything,
  useFactory: check.anything,
  useClass: check.anything,
  useExisting: check.anything,
};

/** Where `forRootAsync` gets its options from. @throws PassError `option_invalid` */
export function resolveSource(name: string, options: Readonly<Record<string, unknown>>): OptionsProvider {
  const {
    useFactory,
    useClass,
    useExisting,
    inject = [],
  } = checkOptions(options, checks, {
    prefix: 'PassModule.forRootAsync: ',
    hint: 'options of the module stand in what its factory returns, not beside it',
  }) as unknown as PassModuleAsyncOptions<object>;
  const given = [useFactory, useClass, useExisting].filter((source) => source !== undefined);
  if (given.length !== 1)
    throw new PassError(
      'option_invalid',
      `PassModule.forRootAsync: the options must have one of useFactory, useClass and useExisting, received ${given.length}`,
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
