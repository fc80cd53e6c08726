/**
 * Whether it is an error of whichever realm, judged by its shape. Where the program runs in a realm of its own, as under
 * Jest, what Node throws is no instance of the program's `Error`.
 */
export function isErrorLike(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false;
  const { name, message } = value as { readonly name?: unknown; readonly message?: unknown };
  return typeof name === 'string' && typeof message === 'string';
}

/** The name of an error, or the type of what is none: it shows nothing of what was thrown. */
export function nameOfThrown(thrown: unknown): string {
  return isErrorLike(thrown) ? thrown.name : typeof thrown;
}
