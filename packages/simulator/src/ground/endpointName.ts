/**
 * Names of the simulated endpoints in faults and in the ledger; `other` is every path that is none of them.
 * The table of endpoints has a line for each, or does not compile.
 */
export const endpointNames = [
  'register',
  'token',
  'scopes',
  'validate',
  'configuration',
  'createSession',
  'resumeSession',
  'retrieveSession',
  'authenticate',
  'profiles',
  'profileForMvpd',
  'profileForCode',
  'preauthorize',
  'authorize',
  'logout',
  'partnerSession',
  'partnerProfile',
  'login',
  'providerLogout',
  'resetTempPass',
  'resetPromotionalTempPass',
  'degradation',
  'esmReport',
  'other',
] as const;

export type EndpointName = (typeof endpointNames)[number];

export type SimulatedEndpointName = Exclude<EndpointName, 'other'>;

export function isEndpointName(value: unknown): value is EndpointName {
  return endpointNames.some((name) => name === value);
}
