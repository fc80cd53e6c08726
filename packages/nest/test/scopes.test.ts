import { Controller, Get, Inject, Injectable, Module, Scope, type DynamicModule } from '@nestjs/common';
import { deviceFromHeaders } from '@pass-dcr/core';
import { passOf, startSimulator } from '@pass-dcr/test-kit';
import { describe, expect, it } from 'vitest';
import { PassModule, type PassModuleOptions, type PassOptionsFactory } from '../src/index.js';
import { nestVersion } from './nestVersion.js';
import { platforms } from './platforms.js';

@Injectable({ scope: Scope.REQUEST })
class Tenant {}

@Module({ providers: [Tenant], exports: [Tenant] })
class TenantModule {}

@Controller()
class OpenController {
  @Get('/')
  get(): string {
    return 'served without the guard';
  }
}

@Module({})
class AppModule {
  static with(made: DynamicModule): DynamicModule {
    return { module: AppModule, imports: [made], controllers: [OpenController] };
  }
}

describe(`Nest ${nestVersion}`, () => {
  it.each([['useFactory'], ['useClass']])(
    'options that need a provider of one request keep the application from starting: %s',
    async (how) => {
      const pass = passOf(await startSimulator());
      const options = (): PassModuleOptions => ({ pass, device: deviceFromHeaders() });

      @Injectable()
      class Settings implements PassOptionsFactory {
        constructor(@Inject(Tenant) readonly tenant: Tenant) {}

        createPassOptions(): PassModuleOptions {
          return options();
        }
      }
      const source = how === 'useClass' ? { useClass: Settings } : { useFactory: options, inject: [Tenant] };
      for (const platform of platforms) {
        const starting = platform
          .create(AppModule.with(PassModule.forRootAsync({ imports: [TenantModule], ...source })))
          .then(async (app) => await app.init());
        await expect(starting).rejects.toMatchObject({ code: 'option_invalid' });
      }
    },
  );
});
