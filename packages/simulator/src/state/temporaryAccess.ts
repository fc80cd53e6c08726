import type { TemporaryAccessOptions } from '../scenario/scenario.js';

/** Somebody who may try for a while: a device, or a person that a promotional TempPass knows by an identity. */
export interface TrialOwner {
  readonly serviceProvider: string;
  readonly mvpd: string;
  readonly device: string;
  readonly identity: string | undefined;
}

/** From the first authorize call on. */
export interface Trial {
  readonly owner: TrialOwner;
  /** Epoch milliseconds, simulated. */
  readonly startedAt: number;
  readonly resources: readonly string[];
}

export type TrialVerdict =
  | {
      readonly kind: 'open';
      readonly startedAt: number;
      readonly notAfter: number;
      readonly used: readonly string[];
    }
  | { readonly kind: 'durationExceeded' }
  | { readonly kind: 'resourcesExceeded' };

/** Time first, then the number of titles; a title that has been watched may be watched again. */
export function judgeTrial(
  { durationSeconds, resources = Infinity }: TemporaryAccessOptions,
  trials: readonly Trial[],
  nowMs: number,
  resource?: string,
): TrialVerdict {
  const startedAt = Math.min(nowMs, ...trials.map((trial) => trial.startedAt));
  const notAfter = startedAt + durationSeconds * 1000;
  const used = [...new Set(trials.flatMap((trial) => trial.resources))];
  if (nowMs >= notAfter) return { kind: 'durationExceeded' };
  const isWatched = resource !== undefined && used.includes(resource);
  if (used.length >= resources && !isWatched) return { kind: 'resourcesExceeded' };
  return { kind: 'open', startedAt, notAfter, used };
}

export class TemporaryAccess {
  #trials: readonly Trial[] = [];

  /** Those of the device, and those of the person: a trial is known by either. */
  trialsOf(owner: TrialOwner): readonly Trial[] {
    return this.#trials.filter((trial) => isOf(trial.owner, owner));
  }

  /** Starts the clock, if it does not run, and notes the resource. */
  use(owner: TrialOwner, resource: string, nowMs: number): void {
    const known = this.#trials.find((trial) => isSame(trial.owner, owner));
    const trial: Trial = {
      owner,
      startedAt: known?.startedAt ?? nowMs,
      resources: [...new Set([...(known?.resources ?? []), resource])],
    };
    this.#trials = [...this.#trials.filter((other) => other !== known), trial];
  }

  /** Gives the time back to a device, an identity or everybody; returns how many trials it ended. */
  reset(
    of: Pick<TrialOwner, 'serviceProvider' | 'mvpd'>,
    whose: { readonly device?: string | undefined; readonly identity?: string | undefined },
  ): number {
    const kept = this.#trials.filter(
      ({ owner }) =>
        owner.serviceProvider !== of.serviceProvider ||
        owner.mvpd !== of.mvpd ||
        (whose.device !== undefined && owner.device !== whose.device) ||
        (whose.identity !== undefined && owner.identity !== whose.identity),
    );
    const count = this.#trials.length - kept.length;
    this.#trials = kept;
    return count;
  }

  dump(): readonly Trial[] {
    return this.#trials;
  }

  load(trials: readonly Trial[]): void {
    this.#trials = trials;
  }

  clear(): void {
    this.#trials = [];
  }
}

function isOf(owner: TrialOwner, asked: TrialOwner): boolean {
  return (
    owner.serviceProvider === asked.serviceProvider &&
    owner.mvpd === asked.mvpd &&
    (owner.device === asked.device || (asked.identity !== undefined && owner.identity === asked.identity))
  );
}

function isSame(one: TrialOwner, other: TrialOwner): boolean {
  return (
    one.serviceProvider === other.serviceProvider &&
    one.mvpd === other.mvpd &&
    one.device === other.device &&
    one.identity === other.identity
  );
}
