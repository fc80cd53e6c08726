import type { PassClient } from './PassClient.js';

/** On the prototype of every client, also of those that another copy of this package makes. */
export const clientBrand: unique symbol = Symbol.for('@pass-dcr/core/PassClient') as never;

export function isPassClient(value: unknown): value is PassClient {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { [clientBrand]?: unknown })[clientBrand] === true
  );
}
