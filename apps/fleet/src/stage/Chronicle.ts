import type { Call, Disturbance, DisturbanceKind, Kill } from '../checks/History.js';

/** What the driver itself knows: the calls it made and the harm it did. */
export class Chronicle {
  readonly #calls: Call[] = [];
  readonly #kills: Kill[] = [];
  readonly #disturbances: Disturbance[] = [];
  /** The pair that the driver was last told for each device. */
  readonly pairs: Map<number, string> = new Map();

  /** Processes that ended by themselves, with what they printed. */
  readonly collapses: string[] = [];

  get calls(): readonly Call[] {
    return this.#calls;
  }

  get kills(): readonly Kill[] {
    return this.#kills;
  }

  get disturbances(): readonly Disturbance[] {
    return this.#disturbances;
  }

  called(call: Call, clientId: string | null): void {
    this.#calls.push(call);
    if (clientId !== null) this.pairs.set(call.device, clientId);
  }

  killed(device: number, clientId: string, at: number): void {
    this.#kills.push({ device, clientId, at });
  }

  /** `worker`: `null` where it concerns all. Returns what ends it; without, it lasts. */
  disturbed(kind: DisturbanceKind, worker: string | null): () => void {
    const index = this.#disturbances.push({ kind, worker, startedAt: Date.now(), endedAt: null }) - 1;
    return () => {
      const begun = this.#disturbances[index];
      if (begun !== undefined) this.#disturbances[index] = { ...begun, endedAt: Date.now() };
    };
  }

  /** Something that is over as soon as it has happened. */
  happened(kind: DisturbanceKind, worker: string | null): void {
    this.disturbed(kind, worker)();
  }
}
