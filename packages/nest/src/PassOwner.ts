import type { OnApplicationShutdown } from '@nestjs/common';
import { createPass, type Pass } from '@pass-dcr/core';
import type { ResolvedModuleOptions } from './resolveModuleOptions.js';

/** Makes the `Pass` of a module, unless the user did or a test overrides it, and closes what it made. */
export class PassOwner implements OnApplicationShutdown {
  readonly #source: ResolvedModuleOptions['source'];
  #made: Pass | undefined;

  constructor({ source }: ResolvedModuleOptions) {
    this.#source = source;
  }

  open(): Pass {
    if ('pass' in this.#source) return this.#source.pass;
    this.#made = createPass(this.#source.create);
    return this.#made;
  }

  /** Nest has closed its server by then, so no request is turned away that still runs. */
  async onApplicationShutdown(): Promise<void> {
    await this.#made?.close();
  }
}
