/**
 * Milliseconds until `until`, which another process has set `forMs` ahead by its own clock. Clocks may differ by minutes,
 * so nobody waits longer than the whole time. Whoever's clock is ahead does not wait: one more call says why it should.
 */
export function timeLeftMs(until: number, forMs: number, now: number): number {
  return Math.max(0, Math.min(until - now, forMs));
}
