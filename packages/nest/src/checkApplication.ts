import type { ModulesContainer } from '@nestjs/core';
import { PassError } from '@pass-dcr/core';
import { wantedClients } from './Pass.js';
import { registrationToken } from './tokens.js';

/**
 * Finds, before the application listens, what would fail at a request or silently lose a registration.
 * @throws PassError `option_invalid`
 */
export function checkApplication(container: ModulesContainer, name: string): void {
  const modules = [...container.values()];
  const countOf = (one: string): number =>
    modules.filter(({ providers }) => providers.has(registrationToken(one))).length;
  if (countOf(name) > 1)
    throw new PassError(
      'option_invalid',
      `PassModule is registered ${countOf(name)} times under the name ${JSON.stringify(name)}: ` +
        'give each registered application a name of its own, or register one and import what forRoot() returned',
    );
  const controllers = modules.flatMap((module) => [...module.controllers.values()]);
  for (const { metatype } of controllers)
    for (const wanted of metatype === null ? [] : wantedClients(metatype))
      if (countOf(wanted.name) === 0)
        throw new PassError(
          'option_invalid',
          `${metatype?.name}.${wanted.handler} has a parameter @Pass(${JSON.stringify(wanted.name)}), but no PassModule of that name is imported`,
        );
}
