import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import {
  check,
  checkOptions,
  invalidOption,
  PassError,
  type AttachOptions,
  type Pass,
  type PassOptions,
} from '@pass-dcr/core';
import type { PassModuleAsyncOptions, PassOptionsFactory, PassRegistration } from './PassModuleOptions.js';
import { defaultName } from './tokens.js';

export interface ResolvedModuleOptions {
  /** Given by the user, or to be made. */
  readonly source: { readonly pass: Pass } | { readonly create: PassOptions };
  readonly attach: AttachOptions<object>;
  readonly routes: 'all' | 'guarded';
}

const checkRoutes = check.optional(check.oneOf('all', 'guarded'), 'all');

const besidePass = {
  pass: check.anything,
  device: check.anything,
  authenticate: check.anything,
  as: check.anything,
  routes: check.anything,
};

const madeElsewhere =
  'beside pass there are device, authenticate, as and routes, and options of createPass() belong to where the Pass is made';

const prefix = 'PassModule: ';

/** @throws PassError `option_invalid` */
export function resolveModuleOptions(name: string, options: unknown): ResolvedModuleOptions {
  const given = requireObject(options);
  if (typeof given['client'] === 'function' && typeof given['close'] === 'function')
    throw invalid('the options must be one object: a Pass goes into its option pass, beside device');
  for (const early of ['name', 'isGlobal', 'answersErrors'])
    if (early in given)
      throw invalid(`${early} stands beside useFactory, useClass or useExisting, not in what they return`);
  const { pass, device, authenticate, as = name, routes, ...create } = given;
  if (pass !== undefined) checkOptions(withoutUndefined(given), besidePass, { prefix, hint: madeElsewhere });
  return {
    source: pass === undefined ? { create: create as unknown as PassOptions } : { pass: pass as Pass },
    // Whether they are what they should be, attachClient() says.
    attach: { device, authenticate, as } as unknown as AttachOptions<object>,
    routes: checkRoutes(routes, `${prefix}routes`),
  };
}

export interface ResolvedRegistration {
  readonly name: string;
  readonly isGlobal: boolean;
  readonly answersErrors: boolean;
}

const registrationChecks = {
  name: check.optional(check.text, defaultName),
  isGlobal: check.optional(check.boolean, false),
  answersErrors: check.optional(check.boolean, true),
} satisfies Readonly<Record<keyof PassRegistration, unknown>>;

/** Splits what Nest needs before it asks any factory from the rest. @throws PassError `option_invalid` */
export function resolveRegistration(options: unknown): {
  readonly registration: ResolvedRegistration;
  readonly others: Readonly<Record<string, unknown>>;
} {
  const { name, isGlobal, answersErrors, ...others } = requireObject(options);
  const registration = checkOptions({ name, isGlobal, answersErrors }, registrationChecks, { prefix });
  return { registration, others };
}

/** A provider of the options but for its token. */
export type OptionsProvider = Pick<FactoryProvider<unknown>, 'useFactory' | 'inject'>;

const sources = {
  imports: check.anything,
  inject: check.anything,
  useFactory: check.anything,
  useClass: check.anything,
  useExisting: check.anything,
};

/** Where `forRootAsync` gets its options from. @throws PassError `option_invalid` */
export function resolveSource(options: Readonly<Record<string, unknown>>): OptionsProvider {
  const {
    useFactory,
    useClass,
    useExisting,
    inject = [],
  } = checkOptions(options, sources, {
    prefix: 'PassModule.forRootAsync: ',
    hint: 'options of the module stand in what its factory returns, not beside it',
  }) as unknown as PassModuleAsyncOptions<object>;
  const given = [useFactory, useClass, useExisting].filter((source) => source !== undefined);
  if (given.length !== 1)
    throw new PassError(
      'option_invalid',
      `PassModule.forRootAsync: the options must have one of useFactory, useClass and useExisting, received ${given.length}`,
    );
  if (useFactory !== undefined) return { useFactory, inject: [...inject] };
  return {
    useFactory: async (factory: PassOptionsFactory) => await factory.createPassOptions(),
    inject: given as InjectionToken[],
  };
}

function requireObject(options: unknown): Record<string, unknown> {
  if (typeof options === 'object' && options !== null) return options as Record<string, unknown>;
  throw invalidOption(
    `${prefix}the options`,
    'must be an object with device and the options of createPass(), or with device and pass',
    options,
  );
}

/** An option that is given as undefined is none: the types allow it for what is not to be given. */
function withoutUndefined(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function invalid(what: string): PassError {
  return new PassError('option_invalid', `${prefix}${what}`);
}
