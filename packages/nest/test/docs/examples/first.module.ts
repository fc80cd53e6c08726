import { Controller, Get, Module } from '@nestjs/common';
import type { PassClient, Profile } from '@pass-dcr/core';
import { fileCache } from '@pass-dcr/file-cache';
import { Pass, PassModule } from '../../../src/index.js';
import { verifyDeviceToken } from './verifyDeviceToken.js'; // yours

@Controller('api')
export class TvController {
  @Get('me')
  async me(@Pass() pass: PassClient): Promise<readonly Profile[]> {
    return await pass.profiles.all();
  }
}

@Module({
  imports: [
    PassModule.forRoot({
      environment: 'release-production',
      softwareStatement: process.env['PASS_SOFTWARE_STATEMENT'] ?? '',
      serviceProvider: 'REF30',
      application: 'tv',
      cache: fileCache({ path: '/var/lib/my-service/pass' }),
      secret: process.env['PASS_SECRET'],
      // Returns { identifier, info } of the device, undefined for a request of none, or throws.
      device: (request) => verifyDeviceToken(request.headers.authorization),
    }),
  ],
  controllers: [TvController],
})
export class AppModule {}
