import type { LeaseExpiry } from '../checks/History.js';
import type { MonitoredCommand } from './monitoredWrite.js';

type Expiry = Omit<LeaseExpiry, 'device'> & { readonly key: string };

/** Which leases ran out, from what is done to their keys. */
export class LeaseBook {
  readonly #held: Map<string, { readonly from: number; readonly lifeMs: number }> = new Map();
  readonly expiries: Expiry[] = [];

  hear({ time, args }: MonitoredCommand): void {
    const [command = '', key = '', , unit = '', lifeMs = ''] = args;
    if (!key.endsWith('}:l')) return;
    const at = Number(time) * 1_000;
    switch (command.toLowerCase()) {
      case 'set': {
        const held = this.#held.get(key);
        if (held !== undefined && held.from + held.lifeMs <= at)
          this.expiries.push({ key, at, lifeMs: held.lifeMs });
        if (unit.toLowerCase() === 'px') this.#held.set(key, { from: at, lifeMs: Number(lifeMs) });
        return;
      }
      case 'del':
        this.#held.delete(key);
    }
  }
}
