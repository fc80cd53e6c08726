import { Module, type DynamicModule } from '@nestjs/common';
import { DeviceTokens, type AppParts } from '@pass-dcr/example-kit';

export const passOptionsToken = Symbol('PassOptions');
export const logToken = Symbol('Logger');

/** What all examples are made of, for injection. */
@Module({})
export class PartsModule {
  static register({ passOptions, deviceTokens, log }: AppParts): DynamicModule {
    return {
      module: PartsModule,
      global: true,
      providers: [
        { provide: passOptionsToken, useValue: passOptions },
        { provide: DeviceTokens, useValue: deviceTokens },
        { provide: logToken, useValue: log },
      ],
      exports: [passOptionsToken, DeviceTokens, logToken],
    };
  }
}
