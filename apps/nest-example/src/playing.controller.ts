import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import type { PassClient } from '@pass-dcr/core';
import { authorize, preauthorize, trial, type LockView, type PlayView } from './service/index.js';
import { Pass } from '@pass-dcr/nest';

/** What the viewer may watch. */
@Controller('api')
export class PlayingController {
  @Post('preauthorize')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async preauthorize(
    @Pass() pass: PassClient,
    @Body() body: unknown,
  ): Promise<{ readonly resources: readonly LockView[] }> {
    return await preauthorize(pass, body);
  }

  @Post('authorize')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async authorize(@Pass() pass: PassClient, @Body() body: unknown): Promise<PlayView> {
    return await authorize(pass, body);
  }

  @Post('trial')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async trial(@Pass() pass: PassClient, @Body() body: unknown): Promise<{ readonly expiresAt?: number }> {
    return await trial(pass, body);
  }
}
