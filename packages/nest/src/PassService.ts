import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Device, Pass, PassClient, PassContext } from '@pass-dcr/core';
import { defaultName, findPass } from './tokens.js';

/**
 * Adobe Pass outside a request: in jobs, message handlers, resolvers.
 *
 * @example
 * const profiles = await this.passService.client({ identifier }).profiles.all();
 */
@Injectable()
export class PassService {
  readonly #moduleRef: ModuleRef;

  constructor(@Inject(ModuleRef) moduleRef: ModuleRef) {
    this.#moduleRef = moduleRef;
  }

  /** The `Pass` of the module without a name. */
  get pass(): Pass {
    return this.named(defaultName);
  }

  /** The `Pass` of the module of that name. @throws PassError `option_invalid` where there is none */
  named(name: string): Pass {
    return findPass(this.#moduleRef, name);
  }

  /** `pass.client(device, context)`: synchronous, no I/O. */
  client(device: Device, context?: PassContext): PassClient {
    return this.pass.client(device, context);
  }
}
