import { AdjustableClock } from './AdjustableClock.js';

/** The clock of a simulator in another process. */
export interface FollowedClock {
  readonly clock: AdjustableClock;
  /** Ends the connection to the simulator; the clock goes on from where it is. */
  stop(): void;
}

const longPollMs = 20_000;

interface Reading {
  readonly offsetMs: number;
  readonly revision: number;
}

/**
 * Follows the virtual clock of the simulator at `url`: an advance there is an advance here within milliseconds.
 * Resolves once the first reading is in. Refused where `NODE_ENV` is `production`: a server whose time somebody else
 * moves would use dead tokens.
 */
export async function followClock(url: string): Promise<FollowedClock> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new Error('followClock is for tests: it is refused where NODE_ENV is "production"');
  }
  const stopping = new AbortController();
  const read = async (query: string): Promise<Reading> => {
    const response = await fetch(new URL(`/__simulator/clock${query}`, url), { signal: stopping.signal });
    return (await response.json()) as Reading;
  };
  const first = await read('');
  const clock = new AdjustableClock(first.offsetMs);
  const follow = async (): Promise<void> => {
    for (let { revision } = first; ;) {
      const reading = await read(`?after=${revision}&waitMs=${longPollMs}`);
      if (reading.revision > revision) clock.setOffset(reading.offsetMs);
      revision = reading.revision;
    }
  };
  // It ends when it is stopped, or when the simulator has gone; both are the end of the test.
  follow().catch(() => undefined);
  return { clock, stop: () => stopping.abort() };
}
