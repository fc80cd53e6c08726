import { Module, type DynamicModule, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import type { PassOptions } from '@pass-dcr/core';
import type { AppParts, DeviceTokens } from './service/index.js';
import { PassModule } from '@pass-dcr/nest';
import { DeviceController } from './device.controller.js';
import { HealthController } from './health.controller.js';
import { deviceTokensToken, PartsModule, passOptionsToken } from './parts.module.js';
import { PlayingController } from './playing.controller.js';
import { RequestErrorFilter } from './request-error.filter.js';
import { RequestLogMiddleware } from './request-log.middleware.js';
import { SignInController } from './sign-in.controller.js';
import { TvController } from './tv.controller.js';

@Module({})
export class AppModule implements NestModule {
  static register(parts: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PartsModule.register(parts),
        PassModule.forRootAsync({
          inject: [passOptionsToken, deviceTokensToken],
          useFactory: (passOptions: PassOptions, deviceTokens: DeviceTokens) => ({
            ...passOptions,
            device: (request) => deviceTokens.deviceOf(request),
          }),
        }),
        // Its answer has what it would log.
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [DeviceController, HealthController, PlayingController, SignInController, TvController],
      providers: [{ provide: APP_FILTER, useClass: RequestErrorFilter }],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(RequestLogMiddleware).exclude('healthz', 'readyz').forRoutes('{*path}');
  }
}
