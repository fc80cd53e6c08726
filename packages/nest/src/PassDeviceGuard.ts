import { Inject, Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { PassError } from '@pass-dcr/core';
import type { AttachingGuard } from './AttachingGuard.js';
import { getPass } from './Pass.js';
import { defaultName, findGuard } from './tokens.js';

/**
 * Lets only requests through that name a device; others get `device_missing`. It attaches the client where that has
 * not been done, so that `device` can rely on guards that stand before this one.
 *
 * @example
 * @UseGuards(JwtGuard, PassDeviceGuard)
 * @Controller('tv')
 * class TvController {}
 */
@Injectable()
export class PassDeviceGuard implements CanActivate {
  protected readonly name: string = defaultName;
  readonly #moduleRef: ModuleRef;
  #attaching: AttachingGuard | undefined;

  /** The guard for the `PassModule` of that name. */
  static named(name: string): Type<CanActivate> {
    @Injectable()
    class NamedPassDeviceGuard extends PassDeviceGuard {
      protected override readonly name = name;
    }
    return NamedPassDeviceGuard;
  }

  constructor(@Inject(ModuleRef) moduleRef: ModuleRef) {
    this.#moduleRef = moduleRef;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http')
      throw new PassError('middleware_missing', 'PassDeviceGuard is for HTTP handlers only');
    this.#attaching ??= findGuard(this.#moduleRef, this.name);
    await this.#attaching.attach(context);
    const { device } = getPass(context.switchToHttp().getRequest<object>(), this.name);
    return device !== undefined;
  }
}
