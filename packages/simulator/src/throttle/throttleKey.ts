export type ThrottleMode = 'always' | 'forwarded' | 'off';

export interface Caller {
  /** The raw `X-Forwarded-For` value, as received. */
  readonly forwardedFor: string | undefined;
  /** The socket's remote address. */
  readonly peer: string | undefined;
}

/**
 * Whose allowance a request uses, or undefined when it is not throttled.
 * A loopback peer without `X-Forwarded-For` is somebody trying things out with curl, not a device.
 */
export function throttleKey(mode: ThrottleMode, caller: Caller): string | undefined {
  if (mode === 'off') return undefined;
  const forwarded = firstForwarded(caller.forwardedFor);
  if (forwarded !== undefined) return forwarded;
  if (mode === 'forwarded' && isLoopback(caller.peer)) return undefined;
  return caller.peer ?? 'unknown';
}

/** The first element counts; Adobe documents no parsing rule beyond "the address in X-Forwarded-For". */
export function firstForwarded(header: string | undefined): string | undefined {
  const first = header?.split(',')[0]?.trim();
  return first === undefined || first === '' ? undefined : first;
}

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address === '::1' || address === 'localhost' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);
}
