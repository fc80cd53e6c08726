import { Module } from '@nestjs/common';
import { deviceFromHeaders, memoryCache } from '@pass-dcr/core';
import { PassModule } from '@pass-dcr/nest';
import { TvController } from './tv.controller';

@Module({
  imports: [
    PassModule.forRoot({
      environment: 'local',
      baseUrl: process.env.PASS_BASE_URL ?? '',
      softwareStatement: process.env.PASS_SOFTWARE_STATEMENT ?? '',
      serviceProvider: 'REF30',
      cache: memoryCache(),
      device: deviceFromHeaders(),
    }),
  ],
  controllers: [TvController],
})
export class AppModule {}
