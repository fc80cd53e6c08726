import { Body, Controller, Header, HttpCode, Inject, Post } from '@nestjs/common';
import type { PassClient } from '@pass-dcr/core';
import type { FoundView, SignIn, StepView, WaitView } from './service/index.js';
import { Pass } from '@pass-dcr/nest';
import { signInToken } from './parts.module.js';

/** A viewer signs in, on the device or on a second screen, and out. */
@Controller('api')
export class SignInController {
  constructor(@Inject(signInToken) private readonly signIn: SignIn) {}

  @Post('sign-in')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async begin(@Pass() pass: PassClient, @Body() body: unknown): Promise<StepView> {
    return await this.signIn.begin(pass, body);
  }

  @Post('sign-in/wait')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async wait(@Pass() pass: PassClient, @Body() body: unknown): Promise<WaitView> {
    return await this.signIn.wait(pass, body);
  }

  @Post('second-screen')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async find(@Pass() pass: PassClient, @Body() body: unknown): Promise<FoundView> {
    return await this.signIn.find(pass, body);
  }

  @Post('second-screen/sign-in')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async resume(@Pass() pass: PassClient, @Body() body: unknown): Promise<StepView> {
    return await this.signIn.resume(pass, body);
  }

  @Post('sign-out')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async end(@Pass() pass: PassClient, @Body() body: unknown): Promise<{ readonly url?: string }> {
    return await this.signIn.end(pass, body);
  }
}
