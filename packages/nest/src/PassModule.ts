import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, ModulesContainer } from '@nestjs/core';
import type { Pass } from '@pass-dcr/core';
import { AttachingGuard } from './AttachingGuard.js';
import { checkApplication } from './checkApplication.js';
import { PassExceptionFilter } from './PassExceptionFilter.js';
import { PassHealthIndicator } from './PassHealthIndicator.js';
import type { PassModuleAsyncOptions, PassModuleOptions, PassRegistration } from './PassModuleOptions.js';
import { PassOwner } from './PassOwner.js';
import { PassService } from './PassService.js';
import type { HttpRequest } from './PlatformRequest.js';
import {
  resolveModuleOptions,
  resolveRegistration,
  type ResolvedModuleOptions,
  type ResolvedRegistration,
} from './resolveModuleOptions.js';
import { resolveSource, type OptionsProvider } from './resolveSource.js';
import { guardToken, optionsToken, ownerToken, passToken, registrationToken } from './tokens.js';

/**
 * Gives every HTTP request an authenticated Adobe Pass client: `@Pass()` in handlers, `request.pass` elsewhere.
 *
 * The client is attached when the route is known and the application's own global guards have let the request through,
 * before the route's own guards run. Without a device nothing fails until the client is used. Every `PassError` is
 * answered as `application/problem+json`.
 *
 * Set Express's "trust proxy" or Fastify's `trustProxy` to what your deployment has: the address that it yields is sent
 * to Adobe Pass, which throttles by it.
 *
 * **The library does not authenticate devices.** The option `device` has to.
 *
 * @example
 * @Module({
 *   imports: [PassModule.forRoot({ pass, device: (request) => verifyDeviceToken(request.headers.authorization) })],
 * })
 * class AppModule {}
 */
@Module({})
export class PassModule {
  /**
   * With options that are known when the file is loaded. A `Pass` that the module makes is closed when the application
   * shuts down; one that was given is not.
   * @throws PassError `option_invalid`; the options of `createPass` are checked when the application starts
   */
  static forRoot<Request extends object = HttpRequest>(
    options: PassModuleOptions<Request> & PassRegistration,
  ): DynamicModule {
    const { registration, others } = resolveRegistration(options);
    const resolved = resolveModuleOptions(registration.name, others);
    return define(registration, { useFactory: () => resolved }, []);
  }

  /** With options that other providers know. */
  static forRootAsync<Request extends object = HttpRequest>(
    options: PassModuleAsyncOptions<Request>,
  ): DynamicModule {
    const { registration, others } = resolveRegistration(options);
    const source = resolveSource(registration.name, others);
    const own = options.useClass === undefined ? [] : [options.useClass];
    return { ...define(registration, source, own), imports: [...(options.imports ?? [])] };
  }
}

function define(
  { name, isGlobal, answersErrors }: ResolvedRegistration,
  options: OptionsProvider,
  others: readonly Provider[],
): DynamicModule {
  return {
    module: PassModule,
    global: isGlobal,
    providers: [
      ...others,
      // Nest 10 takes two modules for one that look alike, and two of one name do: the second would vanish silently.
      { provide: registrationToken(name), useValue: crypto.randomUUID() },
      { provide: optionsToken(name), ...options },
      {
        provide: ownerToken(name),
        useFactory: (resolved: ResolvedModuleOptions) => new PassOwner(resolved),
        inject: [optionsToken(name)],
      },
      {
        provide: passToken(name),
        useFactory: (owner: PassOwner) => owner.open(),
        inject: [ownerToken(name)],
      },
      {
        provide: guardToken(name),
        useFactory(pass: Pass, resolved: ResolvedModuleOptions, container: ModulesContainer) {
          checkApplication(container, name);
          return new AttachingGuard(name, pass, resolved);
        },
        inject: [passToken(name), optionsToken(name), ModulesContainer],
      },
      { provide: APP_GUARD, useExisting: guardToken(name) },
      ...(answersErrors ? [{ provide: APP_FILTER, useClass: PassExceptionFilter }] : []),
      PassService,
      PassHealthIndicator,
    ],
    exports: [passToken(name), PassService, PassHealthIndicator],
  };
}
