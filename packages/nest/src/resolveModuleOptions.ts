import { PassError, type AttachOptions, type Pass, type PassOptions } from '@pass-dcr/core';
import { defaultName } from './tokens.js';

export interface ResolvedModuleOptions {
  /** Given by the user, or to be made. */
  readonly source: { readonly pass: Pass } | { readonly create: PassOptions };
  readonly attach: AttachOptions<object>;
  readonly routes: 'all' | 'guarded';
}

/** @throws PassError `option_invalid` */
export function resolveModuleOptions(name: string, options: unknown): ResolvedModuleOptions {
  const given = requireObject(options);
  if (typeof given['client'] === 'function' && typeof given['close'] === 'function')
    throw invalid('takes one object: a Pass goes into its option "pass", beside "device"');
  for (const early of ['name', 'isGlobal', 'answersErrors'])
    if (early in given)
      throw invalid(`needs "${early}" beside useFactory, useClass or useExisting, not in what they return`);
  const { pass, device, authenticate, as = name, routes = 'all', ...create } = given;
  if (routes !== 'all' && routes !== 'guarded')
    throw invalid(
      `has routes "all" or "guarded", received ${kindOf(routes)}; @SkipPass() leaves a route out`,
    );
  const [left] = Object.keys(create).filter((option) => create[option] !== undefined);
  if (pass !== undefined && left !== undefined)
    throw invalid(
      `has the option ${JSON.stringify(left)} beside "pass"; options of createPass() belong to where the Pass is made`,
    );
  return {
    source: pass === undefined ? { create: create as unknown as PassOptions } : { pass: pass as Pass },
    // Whether they are what they should be, attachClient() says.
    attach: { device, authenticate, as } as unknown as AttachOptions<object>,
    routes,
  };
}

export interface ResolvedRegistration {
  readonly name: string;
  readonly isGlobal: boolean;
  readonly answersErrors: boolean;
}

/** Splits what Nest needs before it asks any factory from the rest. @throws PassError `option_invalid` */
export function resolveRegistration(options: unknown): {
  readonly registration: ResolvedRegistration;
  readonly others: Readonly<Record<string, unknown>>;
} {
  const { name = defaultName, isGlobal = false, answersErrors = true, ...others } = requireObject(options);
  if (typeof name !== 'string' || name === '')
    throw invalid(`has a text as its name, received ${kindOf(name)}`);
  if (typeof isGlobal !== 'boolean' || typeof answersErrors !== 'boolean')
    throw invalid('has isGlobal and answersErrors true or false');
  return { registration: { name, isGlobal, answersErrors }, others };
}

function requireObject(options: unknown): Record<string, unknown> {
  if (typeof options === 'object' && options !== null) return options as Record<string, unknown>;
  throw invalid(
    `takes an object with "device" and the options of createPass(), or with "device" and "pass", received ${kindOf(options)}`,
  );
}

/** `what` goes on from the name of the module. */
export function invalid(what: string): PassError {
  return new PassError('option_invalid', `PassModule${what.startsWith('.') ? '' : ' '}${what}.`);
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return value === null ? 'null' : typeof value;
}
