import { monotonicOf, type Clock } from '../../time/clock.js';
import type { Timing } from '../../timing.js';
import { SharedList, type Asking } from './SharedList.js';
import type { Configuration } from './types.js';

type ConfigurationTiming = Pick<
  Timing['calls'],
  'configurationMs' | 'configurationServedMs' | 'configurations' | 'retryAfterMs'
>;

interface Entry {
  readonly list: SharedList;
  /** Who asked first. */
  readonly device: string;
  /** Another device has asked too: it is of a platform that there is. */
  isShared: boolean;
}

/**
 * The provider lists that this process knows: one per service provider and platform, shared by all devices of that
 * platform. Lists that only one device has asked for make room first, so a device that invents platforms takes room from
 * nobody else.
 */
export class ConfigurationCache {
  readonly #clock: Clock;
  readonly #timing: ConfigurationTiming;
  /** The one used last is the last. */
  readonly #entries: Map<string, Entry> = new Map();

  constructor(clock: Clock, timing: ConfigurationTiming) {
    this.#clock = clock;
    this.#timing = timing;
  }

  /** @param device tells devices apart */
  async get(key: string, device: string, asking: Asking): Promise<Configuration> {
    const known = this.#entries.get(key);
    const now = (): number => monotonicOf(this.#clock);
    const entry = known ?? { list: new SharedList(now, this.#timing), device, isShared: false };
    if (entry.device !== device) entry.isShared = true;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#makeRoom();
    return await entry.list.get(asking);
  }

  #makeRoom(): void {
    if (this.#entries.size <= this.#timing.configurations) return;
    const oldest = [...this.#entries].slice(0, -1);
    const [key] = oldest.find(([, { isShared }]) => !isShared) ?? oldest[0] ?? [];
    if (key !== undefined) this.#entries.delete(key);
  }
}
