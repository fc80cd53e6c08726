import { invalidArgument, SimulatorError } from './simulatorError.js';

export type Members = Readonly<Record<string, unknown>>;

export function members(name: string, value: unknown): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidArgument(name, 'a JSON object', value);
  return value as Members;
}

export function text(from: Members, name: string): string {
  const value = from[name];
  if (typeof value !== 'string' || value === '') throw invalidArgument(name, 'a non-empty string', value);
  return value;
}

export function optionalText(from: Members, name: string): string | undefined {
  return from[name] === undefined ? undefined : text(from, name);
}

export function number(from: Members, name: string): number {
  const value = from[name];
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw invalidArgument(name, 'a finite number', value);
  return value;
}

export function optionalNumber(from: Members, name: string): number | undefined {
  return from[name] === undefined ? undefined : number(from, name);
}

export function wholeNumber(from: Members, name: string, fallback: number): number {
  const value = from[name] ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw invalidArgument(name, 'a whole number', value);
  return value;
}

export function onlyKnown(name: string, from: Members, known: readonly string[]): void {
  const unknown = Object.keys(from).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new SimulatorError(
      'invalid_argument',
      `${name} has no member ${JSON.stringify(unknown.slice(0, 80))}; it has ${known.join(', ')}`,
    );
}
