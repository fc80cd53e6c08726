import { nearestName } from './nearestName.js';

const codes = [
  'invalid_argument',
  'unknown_application',
  'unknown_client',
  'unknown_service_provider',
  'address_unavailable',
  'control_refused',
  'control_unreachable',
] as const;

export type SimulatorErrorCode = (typeof codes)[number];

export function isSimulatorErrorCode(value: unknown): value is SimulatorErrorCode {
  return codes.some((code) => code === value);
}

/** What the simulator's own API throws; never part of what a simulated endpoint answers. */
export class SimulatorError extends Error {
  override readonly name: string = 'SimulatorError';
  readonly code: SimulatorErrorCode;

  constructor(code: SimulatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** `names`: those that were allowed, for whoever misspelt one. */
export function invalidArgument(
  name: string,
  expectation: string,
  received: unknown,
  names: readonly string[] = [],
): SimulatorError {
  const near = typeof received === 'string' ? nearestName(received, names) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${JSON.stringify(near)}?`;
  return new SimulatorError(
    'invalid_argument',
    `${name} must be ${expectation}, received ${describe(received)}${hint}`,
  );
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null
    ? 'an object'
    : typeof value === 'function'
      ? 'a function'
      : String(value);
}
