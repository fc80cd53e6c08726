import { Controller, Get, Header } from '@nestjs/common';
import type { PassClient } from '@pass-dcr/core';
import { profilesView, providersView, type ProfilesView, type ProvidersView } from './service/index.js';
import { Pass } from '@pass-dcr/nest';

/** What the streaming apps ask for. */
@Controller('api')
export class TvController {
  @Get('providers')
  @Header('Cache-Control', 'no-store')
  async providers(@Pass() pass: PassClient): Promise<ProvidersView> {
    return providersView(await pass.configuration());
  }

  @Get('me')
  @Header('Cache-Control', 'no-store')
  async me(@Pass() pass: PassClient): Promise<ProfilesView> {
    return profilesView(await pass.profiles.all());
  }
}
