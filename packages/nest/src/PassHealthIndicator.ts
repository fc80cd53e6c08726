import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { defaultName, findPass } from './tokens.js';

export interface PassHealth {
  readonly status: 'up' | 'down';
  /** The codes of what an operator should know; none of them makes the server unable to serve. */
  readonly findings: string[];
}

/**
 * `pass.readiness()` in the words of `@nestjs/terminus`. Asks the cache, never Adobe Pass.
 *
 * @example
 * this.health.check([() => this.passHealth.isHealthy()]);
 */
@Injectable()
export class PassHealthIndicator {
  readonly #moduleRef: ModuleRef;

  constructor(@Inject(ModuleRef) moduleRef: ModuleRef) {
    this.#moduleRef = moduleRef;
  }

  /** The health of the `PassModule` of that name, under `key`. */
  async isHealthy<Key extends string = typeof defaultName>(
    key: Key = defaultName as Key,
    name: string = key,
  ): Promise<Record<Key, PassHealth>> {
    const { ready, findings } = await findPass(this.#moduleRef, name).readiness();
    const health: PassHealth = {
      status: ready ? 'up' : 'down',
      // Their messages name paths and hosts, and a health page may be open to everyone.
      findings: findings.map(({ code }) => code),
    };
    return { [key]: health } as Record<Key, PassHealth>;
  }
}
