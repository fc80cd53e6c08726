import { Body, Controller, Header, Inject, Post } from '@nestjs/common';
import { DeviceTokens, type IssuedDeviceToken } from '@pass-dcr/example-kit';
import { SkipPass } from '@pass-dcr/nest';
import { PlatformIdPipe } from './platform-id.pipe.js';

/** A device that asks for its token has none yet. */
@SkipPass()
@Controller('api/device')
export class DeviceController {
  constructor(@Inject(DeviceTokens) private readonly deviceTokens: DeviceTokens) {}

  @Post()
  @Header('Cache-Control', 'no-store')
  async issue(
    @Body('platformId', PlatformIdPipe) platformId: string | undefined,
  ): Promise<IssuedDeviceToken> {
    return await this.deviceTokens.issue(platformId);
  }
}
