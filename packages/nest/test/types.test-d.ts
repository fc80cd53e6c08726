import type { FactoryProvider } from '@nestjs/common';
import type { HealthIndicatorFunction } from '@nestjs/terminus';
import type { Device, Pass as PassInstance, PassClient } from '@pass-dcr/core';
import { expectTypeOf } from 'vitest';
import {
  getPass,
  InjectPass,
  Pass,
  PassModule,
  SkipPass,
  type HttpRequest,
  type PassHealthIndicator,
  type PassModuleOptions,
  type PassService,
} from '../src/index.js';

// Compiled, never run: the compiler is the test.

declare const pass: PassInstance;
declare const service: PassService;
declare const indicator: PassHealthIndicator;

expectTypeOf(Pass).toEqualTypeOf<(name?: string) => ParameterDecorator>();
expectTypeOf(InjectPass).returns.toEqualTypeOf<PropertyDecorator & ParameterDecorator>();
expectTypeOf(SkipPass).parameters.toEqualTypeOf<string[]>();
expectTypeOf(getPass).returns.toEqualTypeOf<PassClient>();
expectTypeOf(service.pass).toEqualTypeOf<PassInstance>();
expectTypeOf(service.named('sports')).toEqualTypeOf<PassInstance>();
expectTypeOf(service.client({ identifier: 'tv-1' })).toEqualTypeOf<PassClient>();
expectTypeOf<Express.Request['pass']>().toEqualTypeOf<PassClient>();

// Terminus takes the indicator, whose result is no any.
expectTypeOf(async () => await indicator.isHealthy()).toExtend<HealthIndicatorFunction>();
expectTypeOf(async () => await indicator.isHealthy('sports')).toExtend<HealthIndicatorFunction>();
expectTypeOf(indicator.isHealthy()).resolves.toHaveProperty('pass');

PassModule.forRoot({
  pass,
  device(request) {
    expectTypeOf(request).toEqualTypeOf<HttpRequest>();
    expectTypeOf(request.ip).toEqualTypeOf<string | undefined>();
    return { identifier: request.headers.authorization ?? '' };
  },
});

// The type of the platform's request comes from the parameter.
interface Authenticated {
  readonly user: { readonly device: Device };
}
const device = async ({ user }: Authenticated): Promise<Device> => await Promise.resolve(user.device);
PassModule.forRoot({ pass, name: 'sports', device });
PassModule.forRootAsync({ useFactory: () => ({ pass, device }) });
PassModule.forRootAsync({
  inject: ['Secret'] satisfies FactoryProvider['inject'],
  useFactory: async (secret: string) => {
    const options: Omit<PassModuleOptions & { readonly pass?: undefined }, 'device'> = await Promise.reject(
      new Error(secret),
    );
    return { ...options, device };
  },
});

// @ts-expect-error: device is required
PassModule.forRoot({ pass });
// @ts-expect-error: either a Pass, or the options of createPass()
PassModule.forRoot({ pass, device, serviceProvider: 'REF30' });
// @ts-expect-error: createPass() needs more
PassModule.forRoot({ serviceProvider: 'REF30', device });
// @ts-expect-error: middleware is matched by paths, this is not
PassModule.forRoot({ pass, device, forRoutes: ['*'] });
// @ts-expect-error: only these two
PassModule.forRoot({ pass, device, routes: 'some' });
// @ts-expect-error: options come from the factory
PassModule.forRootAsync({ device, useFactory: () => ({ pass, device }) });
// @ts-expect-error: one source
PassModule.forRootAsync({});
// @ts-expect-error: the factory's device is checked, too
PassModule.forRootAsync({ useFactory: () => ({ pass, device: 'tv-1' }) });
