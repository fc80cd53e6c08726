import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import type { Testimony } from './evidence.js';
import type { AskedPair, WitnessSource } from './Replacements.js';
import type { Suspect } from './Suspects.js';

interface Issued {
  readonly at: number;
  readonly registeredAt: number;
}

export interface WitnessesOptions {
  readonly clock: Clock;
  readonly timing: Timing['replacement'];
  readonly source: WitnessSource;
  /** Whether a pair is under suspicion itself, here or anywhere. */
  readonly isSuspect: (tag: string) => boolean;
  /** A pair was refused that was asked as a witness. */
  readonly onRefused: () => void;
  readonly track: (work: Promise<unknown>) => void;
}

/** Pairs of this process that Adobe Pass serves: those that it asked for anyway, and those that are renewed early for it. */
export class Witnesses {
  readonly #options: WitnessesOptions;
  /** The last tokens of this process, by tag; the newest last. */
  readonly #issued: Map<string, Issued> = new Map();
  /** When each of the last early renewals began. */
  #begun: readonly number[] = [];
  readonly #asked: Set<string> = new Set();

  constructor(options: WitnessesOptions) {
    this.#options = options;
  }

  issued({ tag, registeredAt }: AskedPair): void {
    const { clock, timing } = this.#options;
    this.#issued.delete(tag);
    this.#issued.set(tag, { at: monotonicOf(clock), registeredAt });
    if (this.#issued.size <= timing.issuedRemembered) return;
    const [oldest] = this.#issued.keys();
    if (oldest !== undefined) this.#issued.delete(oldest);
  }

  /** Whether this process had a token for a pair that is no younger, moments ago. */
  sawWayWork({ tag, registeredAt }: AskedPair): boolean {
    const { clock, timing } = this.#options;
    const since = monotonicOf(clock) - timing.pathWorksMs;
    for (const [other, issued] of this.#issued) {
      if (other !== tag && issued.at >= since && issued.registeredAt <= registeredAt) return true;
    }
    return false;
  }

  /**
   * What there is beside the refusals of a suspect. `isAnsweredFor`: pairs under suspicion are no longer held against the
   * process that knows them.
   */
  testimony({ pair, refusals, firstAt, countedAt }: Suspect, isAnsweredFor: boolean): Testimony {
    const { source, isSuspect, timing } = this.#options;
    const isOlder = ({ registeredAt }: { readonly registeredAt: number }): boolean =>
      registeredAt <= pair.registeredAt;
    const witnesses = this.#since(firstAt, pair.tag);
    const olderWitnesses = witnesses.filter(isOlder).length;
    const served = new Set(witnesses.map(({ tag }) => tag));
    const isNew = (other: AskedPair): boolean => other.tag !== pair.tag && !served.has(other.tag);
    const count = (isWanted: (other: AskedPair) => boolean): number =>
      source.candidates(timing.witnesses, (other) => !isNew(other) || !isWanted(other)).length;
    const isFree = ({ tag }: AskedPair): boolean => !isSuspect(tag);
    return {
      refusals,
      spanMs: countedAt - firstAt,
      olderWitnesses,
      youngerWitnesses: witnesses.length - olderWitnesses,
      olderKnown: olderWitnesses + count((other) => isOlder(other) && isFree(other)),
      known: witnesses.length + count(isAnsweredFor ? isFree : () => true),
    };
  }

  /**
   * Renews up to `count` tokens early, the oldest pairs' first, as far as few enough were renewed so in the last seconds.
   * What comes of it serves every suspect of this process, and nobody waits for it.
   */
  seek({ pair, firstAt }: Suspect, count: number): void {
    const { clock, timing, source, isSuspect, track } = this.#options;
    const now = monotonicOf(clock);
    this.#begun = this.#begun.filter((at) => at > now - timing.witnessCallsMs);
    const limit = Math.min(count - this.#asked.size, timing.witnessCalls - this.#begun.length);
    if (limit <= 0) return;
    const served = new Set(this.#since(firstAt, pair.tag).map(({ tag }) => tag));
    const isNone = ({ tag }: AskedPair): boolean =>
      tag === pair.tag || isSuspect(tag) || served.has(tag) || this.#asked.has(tag);
    const older = source.candidates(
      limit,
      (other) => isNone(other) || other.registeredAt > pair.registeredAt,
    );
    const olderTags = new Set(older.map(({ tag }) => tag));
    const younger =
      older.length < limit
        ? source.candidates(limit - older.length, (other) => isNone(other) || olderTags.has(other.tag))
        : [];
    for (const { tag } of [...older, ...younger]) {
      this.#begun = [...this.#begun, now];
      track(this.#ask(tag));
    }
  }

  async #ask(tag: string): Promise<void> {
    const { source, onRefused } = this.#options;
    this.#asked.add(tag);
    const outcome = await source.renewEarly(tag).catch(() => 'unknown');
    this.#asked.delete(tag);
    if (outcome === 'refused') onRefused();
  }

  #since(at: number, butFor: string): readonly { readonly tag: string; readonly registeredAt: number }[] {
    const { isSuspect } = this.#options;
    return [...this.#issued]
      .filter(([tag, issued]) => issued.at > at && tag !== butFor && !isSuspect(tag))
      .map(([tag, { registeredAt }]) => ({ tag, registeredAt }));
  }
}
