import type { Fleet } from './Fleet.js';
import { hourMs, tokenLifeMs } from './ModelAdobe.js';

export const minuteMs = 60_000;

/** How old the tokens are when an hour begins. */
export type Tokens = 'third' | 'none' | 'all';

/** Who registers within a time short enough not to matter. */
const batchMs = 2 * minuteMs;
/** How old the tokens of those are that outlast the hour: some are due for renewal, some are not. */
const agesInHours = [4.7, 3.6, 2.4, 1.2, 0.1];

/**
 * Devices register, and hours pass. `third`: the tokens of every third device end within the `lengthMs` that follow.
 * `none`: nobody has a usable token. `all`: nobody's is due for hours.
 */
export async function age(fleet: Fleet, tokens: Tokens, lengthMs: number): Promise<void> {
  const { devices, time } = fleet;
  switch (tokens) {
    case 'all':
      await fleet.register(devices, batchMs);
      return time.jump(hourMs);
    case 'none':
      await fleet.register(devices, batchMs);
      return time.jump(tokenLifeMs);
    case 'third': {
      const began = time.now();
      await fleet.register(
        devices.filter((device) => device % 3 === 0),
        lengthMs,
      );
      const start = began + tokenLifeMs - minuteMs;
      const rest = devices.filter((device) => device % 3 !== 0);
      for (const [batch, hours] of agesInHours.entries()) {
        time.jump(Math.max(0, start - hours * hourMs - time.now()));
        await fleet.register(
          rest.filter((_, at) => at % agesInHours.length === batch),
          batchMs,
        );
      }
      return time.jump(start - time.now());
    }
  }
}
