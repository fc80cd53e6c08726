import { Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, ModuleRef, ModulesContainer } from '@nestjs/core';
import { createPass, PassError, type Pass } from '@pass-dcr/core';
import { AttachingGuard, GlobalGuard } from './AttachingGuard.js';
import { wantedClients } from './Pass.js';
import { PassExceptionFilter } from './PassExceptionFilter.js';
import { PassHealthIndicator } from './PassHealthIndicator.js';
import type { PassModuleAsyncOptions, PassModuleOptions, PassRegistration } from './PassModuleOptions.js';
import { PassService } from './PassService.js';
import type { HttpRequest } from './PlatformRequest.js';
import {
  resolveModuleOptions,
  resolveRegistration,
  resolveSource,
  type OptionsProvider,
  type ResolvedModuleOptions,
  type ResolvedRegistration,
} from './resolveModuleOptions.js';
import {
  guardToken,
  ownerToken,
  passOptionsToken,
  passToken,
  registrationToken,
  resolvedToken,
} from './tokens.js';

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
    // So that a mistake shows where it is made; the options may be overridden in a test.
    resolveModuleOptions(registration.name, others);
    return define(registration, { useFactory: () => others }, []);
  }

  /** With options that other providers know. */
  static forRootAsync<Request extends object = HttpRequest>(
    options: PassModuleAsyncOptions<Request>,
  ): DynamicModule {
    const { registration, others } = resolveRegistration(options);
    const source = resolveSource(others);
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
      { provide: passOptionsToken(name), ...options },
      {
        provide: resolvedToken(name),
        useFactory: (given: unknown) => resolveModuleOptions(name, given),
        inject: [passOptionsToken(name)],
      },
      {
        provide: ownerToken(name),
        useFactory: (resolved: ResolvedModuleOptions) => new PassOwner(resolved),
        inject: [resolvedToken(name)],
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
        inject: [passToken(name), resolvedToken(name), ModulesContainer],
      },
      {
        provide: APP_GUARD,
        useFactory: (moduleRef: ModuleRef) => new GlobalGuard(name, moduleRef),
        inject: [ModuleRef],
      },
      ...(answersErrors ? [{ provide: APP_FILTER, useClass: PassExceptionFilter }] : []),
      PassService,
      PassHealthIndicator,
    ],
    exports: [passToken(name), PassService, PassHealthIndicator],
  };
}

/** Makes the `Pass` of a module, unless the user did or a test overrides it, and closes what it made. */
class PassOwner implements OnApplicationShutdown {
  readonly #source: ResolvedModuleOptions['source'];
  #made: Pass | undefined;

  constructor({ source }: ResolvedModuleOptions) {
    this.#source = source;
  }

  open(): Pass {
    if ('pass' in this.#source) return this.#source.pass;
    this.#made = createPass(this.#source.create);
    return this.#made;
  }

  /** Nest has closed its server by then, so no request is turned away that still runs. */
  async onApplicationShutdown(): Promise<void> {
    await this.#made?.close();
  }
}

/**
 * Finds, before the application listens, what would fail at a request or silently lose a registration.
 * @throws PassError `option_invalid`
 */
function checkApplication(container: ModulesContainer, name: string): void {
  const modules = [...container.values()];
  const countOf = (one: string): number =>
    modules.filter(({ providers }) => providers.has(registrationToken(one))).length;
  if (countOf(name) > 1)
    throw new PassError(
      'option_invalid',
      `PassModule is registered ${countOf(name)} times under the name ${JSON.stringify(name)}: ` +
        'give each registered application a name of its own, or register one and import what forRoot() returned',
    );
  const controllers = modules.flatMap((module) => [...module.controllers.values()]);
  for (const { metatype } of controllers)
    for (const wanted of metatype === null ? [] : wantedClients(metatype))
      if (countOf(wanted.name) === 0)
        throw new PassError(
          'option_invalid',
          `${metatype?.name}.${wanted.handler} has a parameter @Pass(${JSON.stringify(wanted.name)}), but no PassModule of that name is imported`,
        );
}
