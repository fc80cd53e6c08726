import {
  Controller,
  Get,
  Injectable,
  Module,
  UnauthorizedException,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { Device, Pass as PassInstance, PassClient, Profile } from '@pass-dcr/core';
import { Pass, PassDeviceGuard, PassModule, type HttpRequest } from '../../../src/index.js';
import { verifyDeviceToken } from './verifyDeviceToken.js'; // yours

declare const pass: PassInstance;

interface KnownRequest extends HttpRequest {
  device?: Device;
}

@Injectable()
export class DeviceTokenGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<KnownRequest>();
    const device = await verifyDeviceToken(request.headers.authorization);
    if (device === undefined) throw new UnauthorizedException();
    request.device = device;
    return true;
  }
}

@UseGuards(DeviceTokenGuard, PassDeviceGuard)
@Controller('api')
export class TvController {
  @Get('me')
  async me(@Pass() client: PassClient): Promise<readonly Profile[]> {
    return await client.profiles.all();
  }
}

@Module({
  imports: [
    PassModule.forRoot({ pass, routes: 'guarded', device: (request: KnownRequest) => request.device }),
  ],
  controllers: [TvController],
})
export class AppModule {}
