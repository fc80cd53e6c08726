import { Controller, Get, Module, Req, type DynamicModule } from '@nestjs/common';
import type { Pass as PassOfCore, PassClient, Profile } from '@pass-dcr/core';
import { getPass, InjectPass, Pass, PassModule, PassService, type HttpRequest } from '@pass-dcr/nest';
import type { Request } from 'express';
import { expectType } from './expectType.js';

declare const pass: PassOfCore;

expectType<ParameterDecorator>()(Pass());
expectType<ParameterDecorator>()(Pass('sports'));
expectType<PropertyDecorator & ParameterDecorator>()(InjectPass());

@Controller()
export class TvController {
  constructor(
    readonly service: PassService,
    @InjectPass() readonly injected: PassOfCore,
  ) {
    expectType<PassOfCore>()(service.pass);
    expectType<PassClient>()(service.client({ identifier: 'tv-1' }));
  }

  @Get('me')
  async me(@Pass() client: PassClient, @Req() request: Request): Promise<readonly Profile[]> {
    expectType<PassClient>()(request.pass);
    expectType<PassClient>()(getPass(request, 'sports'));
    // @ts-expect-error: no client has it
    request.pass.nothing();
    return await client.profiles.all();
  }
}

export const dynamicModule = PassModule.forRoot({
  pass,
  device(request) {
    expectType<HttpRequest>()(request);
    return { identifier: String(request.headers.authorization) };
  },
});
expectType<DynamicModule>()(dynamicModule);
// @ts-expect-error: device is required
PassModule.forRoot({ pass });

@Module({ imports: [dynamicModule], controllers: [TvController] })
export class AppModule {}
