/** Names of the simulated endpoints in faults and in the ledger; `other` is every path that is none of them. */
export const endpointNames = [
  'register',
  'token',
  'scopes',
  'validate',
  'configuration',
  'profiles',
  'other',
] as const;

export type EndpointName = (typeof endpointNames)[number];

export function isEndpointName(value: unknown): value is EndpointName {
  return endpointNames.some((name) => name === value);
}
