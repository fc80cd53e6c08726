import { Controller, Get } from '@nestjs/common';
import type { PassClient } from '@pass-dcr/core';
import { profilesView, providersView, type ProfilesView, type ProvidersView } from '@pass-dcr/example-kit';
import { Pass } from '@pass-dcr/nest';

/** What the streaming apps ask for. */
@Controller('api')
export class TvController {
  @Get('providers')
  async providers(@Pass() pass: PassClient): Promise<ProvidersView> {
    return providersView(await pass.configuration());
  }

  @Get('me')
  async me(@Pass() pass: PassClient): Promise<ProfilesView> {
    return profilesView(await pass.profiles.all());
  }
}
