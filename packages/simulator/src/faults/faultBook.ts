import { chooseFault, type ArmedFault, type FaultSubject } from './chooseFault.js';
import type { Fault, FaultEffect, FaultHandle, FaultSummary } from './fault.js';

export interface DrawnFault {
  readonly id: string;
  readonly effect: FaultEffect;
  /** This is the n-th request the fault hits, from 0. */
  readonly index: number;
}

export class FaultBook {
  #armed: readonly ArmedFault[] = [];
  readonly #used = new Map<string, number>();
  #nextId = 1;

  add(fault: Fault): FaultHandle {
    const id = `fault-${this.#nextId}`;
    this.#nextId += 1;
    this.#armed = [...this.#armed, { id, fault, skipped: 0, used: 0 }];
    this.#used.set(id, 0);
    const used = (): number => this.#used.get(id) ?? 0;
    return {
      id,
      get used() {
        return used();
      },
      remove: () => this.remove(id),
    };
  }

  draw(subject: FaultSubject): DrawnFault | undefined {
    if (this.#armed.length === 0) return undefined;
    const { chosen, armed } = chooseFault(this.#armed, subject);
    this.#armed = armed.filter(({ fault, used }) => used < (fault.count ?? 1));
    if (chosen === undefined) return undefined;
    this.#used.set(chosen.id, chosen.used + 1);
    return { id: chosen.id, effect: chosen.fault.effect, index: chosen.used };
  }

  remove(id: string): void {
    this.#armed = this.#armed.filter((armed) => armed.id !== id);
  }

  clear(): void {
    this.#armed = [];
  }

  used(id: string): number | undefined {
    return this.#used.get(id);
  }

  /** Those that may still hit a request. */
  list(): FaultSummary[] {
    return this.#armed.map(({ id, fault, used }) => {
      const remaining = (fault.count ?? 1) - used;
      return {
        id,
        endpoint: fault.endpoint ?? '*',
        used,
        remaining: remaining === Infinity ? null : remaining,
      };
    });
  }
}
