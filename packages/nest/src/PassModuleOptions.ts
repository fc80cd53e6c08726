import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency, Type } from '@nestjs/common';
import type { AttachOptions, Pass, PassOptions } from '@pass-dcr/core';
import type { HttpRequest } from './PlatformRequest.js';

/** What Nest has to know of a module before it runs any factory. */
export interface PassRegistration {
  /** Tells several registered applications of one server apart; default `pass`. `@Pass('sports')` asks for `sports`. */
  readonly name?: string | undefined;
  /** Whether every module can inject from this one without importing it. Default false. */
  readonly isGlobal?: boolean | undefined;
  /**
   * Whether `PassExceptionFilter` answers every `PassError` of the application. Default true; filters of a route come
   * first in any case. False: your own filters do, and must not send the message of an error whose `expose` is false.
   */
  readonly answersErrors?: boolean | undefined;
}

interface Attaching<Request> extends Omit<AttachOptions<Request>, 'as'> {
  /** The property of the request that holds the client. Default: the name of the module. */
  readonly as?: string | undefined;
  /**
   * `'all'` (default): every HTTP route gets a client before its own guards run, but for those with `@SkipPass()`.
   * `'guarded'`: only routes with `PassDeviceGuard`, for example after a guard of yours that `device` relies on.
   */
  readonly routes?: 'all' | 'guarded' | undefined;
}

interface ReadyPass {
  /** A `Pass` of your own. You close it. */
  readonly pass: Pass;
}

interface NewPass extends PassOptions {
  readonly pass?: undefined;
}

/** The options of every adapter, and either those of `createPass` or a `Pass`. `Request` is the platform's. */
export type PassModuleOptions<Request extends object = HttpRequest> = Attaching<Request> &
  ((ReadyPass & { readonly [Option in keyof PassOptions]?: undefined }) | NewPass);

/** A provider that says what the options are: `useClass`, `useExisting`. */
export interface PassOptionsFactory<Request extends object = HttpRequest> {
  createPassOptions(): PassModuleOptions<Request> | Promise<PassModuleOptions<Request>>;
}

interface UseFactory<Request extends object> {
  readonly useFactory: (
    ...injected: never[]
  ) => PassModuleOptions<Request> | Promise<PassModuleOptions<Request>>;
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[] | undefined;
  readonly useClass?: undefined;
  readonly useExisting?: undefined;
}

interface UseClass<Request extends object> {
  readonly useClass: Type<PassOptionsFactory<Request>>;
  readonly useFactory?: undefined;
  readonly useExisting?: undefined;
  readonly inject?: undefined;
}

interface UseExisting<Request extends object> {
  readonly useExisting: Type<PassOptionsFactory<Request>> | string | symbol;
  readonly useFactory?: undefined;
  readonly useClass?: undefined;
  readonly inject?: undefined;
}

/** `name`, `isGlobal` and `answersErrors` stand here, not in what the factory returns. */
export type PassModuleAsyncOptions<Request extends object = HttpRequest> = PassRegistration & {
  /** Modules that export what the factory injects. */
  readonly imports?: ModuleMetadata['imports'];
} & (UseFactory<Request> | UseClass<Request> | UseExisting<Request>);
