import { Controller, Get } from '@nestjs/common';
import type { PassClient, Profile } from '@pass-dcr/core';
import { Pass } from '@pass-dcr/nest';

@Controller()
export class TvController {
  @Get('me')
  me(@Pass() pass: PassClient): Promise<readonly Profile[]> {
    return pass.profiles.all();
  }
}
