import { Body, Controller, Header, Inject, Post } from '@nestjs/common';
import type { DeviceTokens, IssuedDeviceToken } from './service/index.js';
import { SkipPass } from '@pass-dcr/nest';
import { deviceTokensToken } from './parts.module.js';
import { PlatformIdPipe } from './platform-id.pipe.js';

/** A device that asks for its token has none yet. */
@SkipPass()
@Controller('api/device')
export class DeviceController {
  constructor(@Inject(deviceTokensToken) private readonly deviceTokens: DeviceTokens) {}

  @Post()
  @Header('Cache-Control', 'no-store')
  async issue(
    @Body('platformId', PlatformIdPipe) platformId: string | undefined,
  ): Promise<IssuedDeviceToken> {
    return await this.deviceTokens.issue(platformId);
  }
}
