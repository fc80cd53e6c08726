export const degradationRules = ['AuthNAll', 'AuthZAll', 'AuthZNone'] as const;

/** Everybody is signed in and may watch; everybody who is signed in may watch; nobody may. */
export type DegradationRule = (typeof degradationRules)[number];

export interface Degradation {
  readonly serviceProvider: string;
  /** Default: every MVPD of the service provider. */
  readonly mvpd?: string;
  readonly rule: DegradationRule;
  /** For the viewer: `details` of a denial. */
  readonly message?: string;
  /** Default: until it is ended. */
  readonly lifeSeconds?: number;
}

export interface DegradationTarget {
  readonly serviceProvider: string;
  readonly mvpd?: string;
  /** Default: all of them. */
  readonly rule?: DegradationRule;
}

export interface ActiveDegradation extends Degradation {
  /** Epoch milliseconds, simulated; null: until it is ended. */
  readonly notAfter: number | null;
}

export class Degradations {
  #active: readonly ActiveDegradation[] = [];

  /** The latest rule of an integration counts. */
  add(degradation: Degradation, nowMs: number): void {
    const { lifeSeconds } = degradation;
    const notAfter = lifeSeconds === undefined ? null : nowMs + lifeSeconds * 1000;
    this.#active = [{ ...degradation, notAfter }, ...this.#active];
  }

  /** Returns how many it ended. */
  end({ serviceProvider, mvpd, rule }: DegradationTarget): number {
    const kept = this.#active.filter(
      (active) =>
        active.serviceProvider !== serviceProvider ||
        (mvpd !== undefined && active.mvpd !== mvpd) ||
        (rule !== undefined && active.rule !== rule),
    );
    const count = this.#active.length - kept.length;
    this.#active = kept;
    return count;
  }

  find(serviceProvider: string, mvpd: string, nowMs: number): ActiveDegradation | undefined {
    return this.#active.find(
      (active) =>
        active.serviceProvider === serviceProvider &&
        (active.mvpd === undefined || active.mvpd === mvpd) &&
        (active.notAfter === null || nowMs < active.notAfter),
    );
  }

  dump(): readonly ActiveDegradation[] {
    return this.#active;
  }

  load(active: readonly ActiveDegradation[]): void {
    this.#active = active;
  }

  clear(): void {
    this.#active = [];
  }
}
