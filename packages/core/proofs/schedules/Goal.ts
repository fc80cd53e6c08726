import type { ClientCall } from './ClientCall.js';
import type { SimDevice } from './fleet.js';
import type { SimProcess } from './SimProcess.js';

/** One device at one process, to be served once. */
export class Goal {
  readonly process: SimProcess;
  readonly device: SimDevice;
  #served = false;
  #call: ClientCall | null = null;
  #notBefore = 0;

  constructor(process: SimProcess, device: SimDevice) {
    this.process = process;
    this.device = device;
  }

  get done(): boolean {
    this.#look();
    return this.#served;
  }

  get nextAt(): number {
    return this.done || this.#call !== null ? Infinity : this.#notBefore;
  }

  wants(now: number): boolean {
    return !this.done && this.#call === null && now >= this.#notBefore;
  }

  ask(make: (process: SimProcess, device: SimDevice, kind: ClientCall['kind']) => ClientCall): void {
    this.#call = make(this.process, this.device, 'profiles');
  }

  #look(): void {
    const call = this.#call;
    if (call === null || call.outcome === null) return;
    this.#call = null;
    if (call.outcome.ok) this.#served = true;
    else this.#notBefore = this.process.clock.worldNow + Math.max(100, call.outcome.retryAfterMs);
  }
}
