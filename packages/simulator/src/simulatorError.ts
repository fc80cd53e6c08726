export type SimulatorErrorCode =
  | 'invalid_argument'
  | 'unknown_application'
  | 'unknown_client'
  | 'unknown_service_provider'
  | 'address_unavailable'
  | 'control_refused'
  | 'control_unreachable'
  | 'closed';

/** What the simulator's own API throws; never part of what a simulated endpoint answers. */
export class SimulatorError extends Error {
  override readonly name: string = 'SimulatorError';
  readonly code: SimulatorErrorCode;

  constructor(code: SimulatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function invalidArgument(name: string, expectation: string, received: unknown): SimulatorError {
  const shown = typeof received === 'string' ? JSON.stringify(received.slice(0, 80)) : Array.isArray(received) ? 'an array' : typeof received === 'object' && received !== null ? 'an object' : String(received);
  return new SimulatorError('invalid_argument', `${name} must be ${expectation}, received ${shown}`);
}
