import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { PassClient } from '@pass-dcr/core';
import { Pass, PassModule } from '@pass-dcr/nest';
import { pass } from './pass.js'; // createPass(), as above
import { verifyDeviceToken } from './verifyDeviceToken.js'; // yours

@Controller('api')
class TvController {
  @Get('me')
  async me(@Pass() client: PassClient) {
    return await client.profiles.all();
  }
}

@Module({
  imports: [PassModule.forRoot({ pass, device: (req) => verifyDeviceToken(req.headers.authorization) })],
  controllers: [TvController],
})
class AppModule {}

const app = await NestFactory.create<NestExpressApplication>(AppModule);
app.set('trust proxy', 1);
await app.listen(3000);
