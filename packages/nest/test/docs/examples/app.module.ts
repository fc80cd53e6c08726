import { Controller, Get, Module } from '@nestjs/common';
import type { PassClient, Profile } from '@pass-dcr/core';
import { Pass, PassModule } from '../../../src/index.js';
import { PassSettings } from './pass.settings.js';

@Controller('api')
export class TvController {
  @Get('me')
  async me(@Pass() pass: PassClient): Promise<readonly Profile[]> {
    return await pass.profiles.all();
  }
}

@Module({
  imports: [PassModule.forRootAsync({ useClass: PassSettings })],
  controllers: [TvController],
})
export class AppModule {}
