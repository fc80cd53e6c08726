import { Module, type DynamicModule } from '@nestjs/common';
import { createSignIn, type AppParts } from './service/index.js';

export const passOptionsToken = Symbol('PassOptions');
export const deviceTokensToken = Symbol('DeviceTokens');
export const signInToken = Symbol('SignIn');
export const logToken = Symbol('Logger');

/** What all examples are made of, for injection. */
@Module({})
export class PartsModule {
  static register({ settings, passOptions, deviceTokens, log }: AppParts): DynamicModule {
    return {
      module: PartsModule,
      global: true,
      providers: [
        { provide: passOptionsToken, useValue: passOptions },
        { provide: deviceTokensToken, useValue: deviceTokens },
        { provide: signInToken, useValue: createSignIn(settings.signInPage) },
        { provide: logToken, useValue: log },
      ],
      exports: [passOptionsToken, deviceTokensToken, signInToken, logToken],
    };
  }
}
