import { Inject } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { PassError, type Pass } from '@pass-dcr/core';
import type { AttachingGuard } from './AttachingGuard.js';

/** The name of a `PassModule` that was given none, of its property, and of what `@Pass()` without a name asks for. */
export const defaultName = 'pass';

/** Registered globally: an application may hold two copies of this package. */
const keyOf = (part: string, name: string): symbol => Symbol.for(`@pass-dcr/nest/${part}/${name}`);

/**
 * The injection token of the `Pass` of a `PassModule`, by the module's name. `@InjectPass()` injects it; a test
 * overrides it.
 *
 * @example
 * builder.overrideProvider(passToken()).useValue(passOfTheSimulator);
 */
export function passToken(name: string = defaultName): symbol {
  return keyOf('Pass', name);
}

/**
 * The injection token of the options of a `PassModule`, by its name: those that its factory returned, or that `forRoot` was
 * given. A test that overrides it has the factory not run.
 *
 * @example
 * builder.overrideProvider(passOptionsToken()).useValue({ pass: passOfTheSimulator, device: () => ({ identifier: 'tv-1' }) });
 */
export function passOptionsToken(name: string = defaultName): symbol {
  return keyOf('options', name);
}

export const resolvedToken = (name: string): symbol => keyOf('resolved', name);
export const ownerToken = (name: string): symbol => keyOf('owner', name);
export const guardToken = (name: string): symbol => keyOf('guard', name);
export const registrationToken = (name: string): symbol => keyOf('registration', name);

/** The property of a request that holds the client by its module's name, whatever the option "as" says. */
export const clientKey = (name: string): symbol => keyOf('client', name);

/** The property of a controller that lists the clients which its handlers ask for. */
export const wantedKey: unique symbol = Symbol.for('@pass-dcr/nest/wanted') as never;

/** Nest keeps metadata by strings. */
export const skipKey = '@pass-dcr/nest/skip';

/**
 * Injects the `Pass` of the `PassModule` of a name.
 *
 * @example
 * constructor(@InjectPass('sports') private readonly sports: Pass) {}
 */
export function InjectPass(name?: string): PropertyDecorator & ParameterDecorator {
  return Inject(passToken(name));
}

/** The `Pass` of a name, wherever in the application its module is imported. @throws PassError `option_invalid` */
export function findPass(moduleRef: ModuleRef, name: string): Pass {
  return find(moduleRef, passToken(name), name) as Pass;
}

/** @throws PassError `option_invalid` */
export function findGuard(moduleRef: ModuleRef, name: string): AttachingGuard {
  return find(moduleRef, guardToken(name), name) as AttachingGuard;
}

function find(moduleRef: ModuleRef, token: symbol, name: string): unknown {
  try {
    return moduleRef.get<unknown>(token, { strict: false });
  } catch (cause) {
    throw new PassError('option_invalid', `no PassModule named ${JSON.stringify(name)} is imported`, {
      cause,
    });
  }
}
