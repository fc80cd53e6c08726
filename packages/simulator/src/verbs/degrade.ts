import { SimulatorError } from '../ground/simulatorError.js';
import type { Degradation, DegradationTarget } from '../state/degradations.js';
import type { World } from '../world.js';

export function degrade({ scenario, degradations, clock }: World, degradation: Degradation): void {
  requireIntegration({ scenario }, degradation);
  degradations.add(degradation, clock.now());
}

export function endDegradation(world: World, target: DegradationTarget): number {
  requireIntegration(world, target);
  return world.degradations.end(target);
}

/** A rule that can never apply is a typing error. */
export function requireIntegration(
  { scenario }: Pick<World, 'scenario'>,
  { serviceProvider, mvpd }: { readonly serviceProvider: string; readonly mvpd?: string | undefined },
): void {
  const provider = scenario.serviceProviders.get(serviceProvider);
  if (provider === undefined)
    throw new SimulatorError(
      'unknown_service_provider',
      `no service provider ${JSON.stringify(serviceProvider)} in the scenario`,
    );
  if (mvpd !== undefined && !provider.mvpds.some(({ id }) => id === mvpd))
    throw new SimulatorError(
      'invalid_argument',
      `${provider.id} has no integration with ${JSON.stringify(mvpd)}`,
    );
}
