import { Controller, Get, Module } from '@nestjs/common';
import type { Pass as PassInstance, PassClient, Profile } from '@pass-dcr/core';
import { InjectPass, Pass, PassModule, SkipPass } from '../../../src/index.js';
import { PassSettings } from './pass.settings.js';
import { SportsSettings } from './sports.settings.js';

@SkipPass('pass')
@Controller('sports')
export class SportsController {
  constructor(@InjectPass('sports') private readonly sports: PassInstance) {}

  @Get('me')
  async me(@Pass('sports') pass: PassClient): Promise<readonly Profile[]> {
    return await pass.profiles.all();
  }

  @Get('service-provider')
  serviceProvider(): string {
    return this.sports.serviceProvider;
  }
}

@Module({
  imports: [
    PassModule.forRootAsync({ useClass: PassSettings }),
    PassModule.forRootAsync({ name: 'sports', useClass: SportsSettings }),
  ],
  controllers: [SportsController],
})
export class AppModule {}
