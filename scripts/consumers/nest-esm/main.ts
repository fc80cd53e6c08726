import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { deviceFromHeaders, memoryCache, type PassClient, type Profile } from '@pass-dcr/core';
import { Pass, PassModule } from '@pass-dcr/nest';

@Controller()
class TvController {
  @Get('me')
  async me(@Pass() pass: PassClient): Promise<readonly Profile[]> {
    return await pass.profiles.all();
  }
}

@Module({
  imports: [
    PassModule.forRoot({
      environment: 'local',
      baseUrl: process.env['PASS_BASE_URL'] ?? '',
      softwareStatement: process.env['PASS_SOFTWARE_STATEMENT'] ?? '',
      serviceProvider: 'REF30',
      cache: memoryCache(),
      device: deviceFromHeaders(),
    }),
  ],
  controllers: [TvController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0);
console.log(`listening on ${(app.getHttpServer().address() as AddressInfo).port}`);
