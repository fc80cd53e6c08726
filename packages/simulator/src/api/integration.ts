import type { ErrorCode } from '../ground/errorCatalogue.js';
import type { Mvpd, Scenario, ServiceProvider } from '../scenario/scenario.js';

export type Integration =
  { readonly kind: 'active'; readonly mvpd: Mvpd } | { readonly kind: 'refused'; readonly code: ErrorCode };

/** An MVPD that a call names: unknown everywhere, not integrated with this service provider, misconfigured, or there. */
export function findIntegration(
  { serviceProviders }: Scenario,
  { mvpds }: ServiceProvider,
  id: string,
): Integration {
  const mvpd = mvpds.find((candidate) => candidate.id === id);
  if (mvpd === undefined) {
    const isKnown = [...serviceProviders.values()].some((other) =>
      other.mvpds.some((each) => each.id === id),
    );
    return { kind: 'refused', code: isKnown ? 'invalid_integration' : 'invalid_parameter_mvpd' };
  }
  if (!mvpd.active) return { kind: 'refused', code: 'invalid_integration' };
  if (mvpd.misconfigured !== undefined) return { kind: 'refused', code: mvpd.misconfigured };
  return { kind: 'active', mvpd };
}
