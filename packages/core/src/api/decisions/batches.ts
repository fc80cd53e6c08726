import { described, kindOf } from '../../described.js';
import { parameterInvalid } from '../answers/parameters.js';
import type { Authorization } from './types.js';

/** @throws PassError `parameter_invalid` */
export function checkResources(resources: unknown): readonly string[] {
  if (!Array.isArray(resources) || resources.length === 0) {
    throw parameterInvalid(
      'resources',
      `must be a list of at least one resource, received ${described(resources)}`,
    );
  }
  return resources.map((resource: unknown, place) => {
    if (typeof resource === 'string' && resource.trim() !== '') return resource;
    throw parameterInvalid(
      `resources[${place}]`,
      `must be text that is not empty, received ${kindOf(resource)}`,
    );
  });
}

/** So many in each, in their order; at least one batch for at least one resource. */
export function batchesOf(resources: readonly string[], most: number): readonly (readonly string[])[] {
  const batches: string[][] = [];
  for (let from = 0; from < resources.length; from += most) batches.push(resources.slice(from, from + most));
  return batches;
}

/** The resources whose items ask for a repetition. */
export function askedAgain(decisions: ReadonlyMap<string, Authorization>): readonly string[] {
  return [...decisions.values()]
    .filter((decision) => 'error' in decision && decision.error?.retryable)
    .map(({ resource }) => resource);
}
