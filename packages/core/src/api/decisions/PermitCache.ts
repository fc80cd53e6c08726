import { monotonicOf, type Clock } from '../../time/clock.js';
import type { Timing } from '../../timing.js';
import type { Preauthorized } from './types.js';

interface Permit {
  readonly decision: Preauthorized;
  /** Of the monotonic clock. */
  readonly until: number;
}

/** Whose permits: the device with its credentials, and what the decision depends on besides. */
export interface PermitHolder {
  /** The device and the service provider. */
  readonly whose: string;
  readonly mvpd: string;
  /** The pair and the tokens that the call carries, as one text. */
  readonly identity: string;
}

/** What preauthorize has permitted of late, for callers who want it kept. In memory, as Adobe's pages want it. */
export class PermitCache {
  readonly #clock: Clock;
  readonly #timing: Pick<Timing['calls'], 'permitsMs' | 'permits'>;
  readonly #permits: Map<string, Map<string, Map<string, Permit>>> = new Map();

  constructor(clock: Clock, timing: Pick<Timing['calls'], 'permitsMs' | 'permits'>) {
    this.#clock = clock;
    this.#timing = timing;
  }

  find({ whose, mvpd, identity }: PermitHolder, resource: string): Preauthorized | undefined {
    const permit = this.#permits.get(whose)?.get(`${mvpd}\n${identity}`)?.get(resource);
    return permit !== undefined && monotonicOf(this.#clock) < permit.until ? permit.decision : undefined;
  }

  /** In the place of what was kept for the same identity. */
  keep({ whose, mvpd, identity }: PermitHolder, decisions: readonly Preauthorized[]): void {
    if (decisions.length === 0) return;
    const until = monotonicOf(this.#clock) + this.#timing.permitsMs;
    const ofDevice = this.#permits.get(whose) ?? new Map<string, Map<string, Permit>>();
    const name = `${mvpd}\n${identity}`;
    const now = monotonicOf(this.#clock);
    const kept = [...(ofDevice.get(name) ?? [])].filter(([, permit]) => now < permit.until);
    ofDevice.set(
      name,
      new Map([...kept, ...decisions.map((decision) => [decision.resource, { decision, until }] as const)]),
    );
    // Another token of single sign-on takes the place of the one before.
    for (const other of ofDevice.keys())
      if (other !== name && other.startsWith(`${mvpd}\n`)) ofDevice.delete(other);
    this.#permits.delete(whose);
    this.#permits.set(whose, ofDevice);
    if (this.#permits.size <= this.#timing.permits) return;
    for (const oldest of this.#permits.keys()) {
      this.#permits.delete(oldest);
      return;
    }
  }

  /** The viewer signs out: of all that the device holds, because one sign-out can end several profiles. */
  clear(whose: string): void {
    this.#permits.delete(whose);
  }
}
