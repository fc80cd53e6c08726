import { publish } from '../diagnostics.js';
import type { Failure } from '../registration/event.js';
import { failure } from '../registration/failure.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Permit } from './Permit.js';
import { SharedStatement, type MayReplace, type SharedStatementOptions } from './SharedStatement.js';
import { refusalOf } from './statementRefusal.js';
import {
  byOwnClock,
  dueAfter,
  firstRejection,
  probing,
  rejectedAgain,
  waitMs,
  type Rejection,
  type StatementRecord,
} from './statementRecord.js';
import { Turns } from './Turns.js';

/** Leave to present the statement once. Whoever has it says what Adobe Pass thinks of it, if it says anything. */
export interface StatementPermit extends Permit {
  /** Adobe Pass took the statement. */
  readonly accepted: () => void;
  /** Adobe Pass does not take the statement. Resolves with what to tell the device: an error, or when to try again. */
  readonly rejected: (adobeCode: string) => Promise<Failure>;
}

export interface StandingOptions extends SharedStatementOptions {
  readonly clock: Clock;
  /** Keeps a promise until it has settled. */
  readonly track: (work: Promise<unknown>) => void;
}

type Standing =
  /** Neither this process nor, as far as it could be asked, the cache knows anything. */
  | { readonly kind: 'unproven' }
  | { readonly kind: 'accepted' }
  /** `permit`: what was presented after it and is taken speaks against the rejection. */
  | { readonly kind: 'rejected'; readonly rejection: Rejection; readonly permit: number };

/**
 * What Adobe Pass thinks of one software statement, as far as this process and the fleet know.
 *
 * Who is accepted goes on without asking anybody. One rejection after that is no more than a doubt: this process holds its new
 * devices, and one device of those that are held, in the whole fleet, tries the statement every second. Three rejections in a
 * row are believed, by every process; then one device tries it every 15 seconds. A statement that never worked is believed to
 * be rejected at once; until it has worked, this process presents it once at a time.
 */
export class StatementStanding {
  readonly #options: StandingOptions;
  readonly #shared: SharedStatement;
  readonly #turns: Turns = new Turns();
  #standing: Standing = { kind: 'unproven' };
  /** Counts what this process has come to know, so that a read that began before says nothing. */
  #changes = 0;
  /** Permits given so far; the youngest that Adobe Pass took, and when. */
  #permits = 0;
  #taken = 0;
  #takenAt = -Infinity;
  #looking: Promise<void> | null = null;
  #looked: { readonly at: number; readonly forMs: number } = { at: -Infinity, forMs: 0 };

  constructor(options: StandingOptions) {
    this.#options = options;
    this.#shared = new SharedStatement(options);
  }

  get rejection(): Rejection | null {
    return this.#standing.kind === 'rejected' ? this.#standing.rejection : null;
  }

  /** Leave to present the statement once, or why not. `signal`: nobody wants it any more. */
  async admit(signal: AbortSignal): Promise<StatementPermit | Failure> {
    if (this.#looking !== null) await this.#looking;
    const { clock, timing } = this.#options;
    const since = monotonicOf(clock);
    while (this.#standing.kind !== 'accepted') {
      if (signal.aborted) return this.#notProven();
      if (this.#standing.kind === 'rejected') {
        const { isConfirmed } = this.#standing.rejection;
        if (isConfirmed && this.#waitMs() > 0 && !this.#turns.isTaken) return this.#refusal();
        if (monotonicOf(clock) - since >= timing.statementPatienceMs) return this.#refusal();
      }
      const end = this.#turns.take();
      if (end === null) await this.#turns.ended(signal);
      else if (await this.#mayPresent(signal)) return this.#permit(true, end);
      else end();
    }
    return this.#permit(false, () => undefined);
  }

  /** Looks in the background, and not often, what other processes found out. The next device that is admitted waits for it. */
  lookAhead(): void {
    if (this.#looking !== null || this.#standing.kind === 'unproven') return;
    if (this.#isWithin(this.#looked.forMs, this.#looked.at)) return;
    this.#looking = this.#look();
    this.#options.track(this.#looking);
  }

  /** The next device presents the statement at once, in whatever process. @throws PassError `cache_unavailable` */
  async retry(): Promise<void> {
    const now = this.#options.clock.now();
    if (this.#standing.kind === 'rejected') this.#reject(dueAfter(this.#standing.rejection, 0, now));
    await this.#read();
    if (this.#standing.kind !== 'rejected') return;
    const rejection = dueAfter(this.#standing.rejection, 0, now);
    this.#reject(rejection);
    await this.#share({ kind: 'rejected', rejection }, (found) => found?.kind !== 'accepted');
  }

  #permit(isProbe: boolean, end: () => void): StatementPermit {
    this.#permits += 1;
    const permit = this.#permits;
    let isTold = false;
    return {
      accepted: () => {
        isTold = true;
        this.#accepted(permit);
      },
      rejected: async (adobeCode) => {
        isTold = true;
        return await this.#rejected(permit, isProbe, adobeCode);
      },
      end: () => {
        if (isProbe && !isTold) this.#untold();
        isTold = true;
        end();
      },
    };
  }

  /** Whoever has the turn finds out whether the statement may be presented, or waits until something has changed. */
  async #mayPresent(signal: AbortSignal): Promise<boolean> {
    const { clock, timing } = this.#options;
    if (this.#standing.kind === 'rejected') {
      const leftMs = this.#waitMs();
      if (leftMs === 0) return await this.#claim(this.#standing.rejection);
      await this.#turns.pause(clock, Math.min(leftMs, timing.statementLookEveryMs), signal);
      await this.#look();
      return false;
    }
    await this.#look();
    return this.#standing.kind === 'unproven';
  }

  /** One process tries the statement. Where the cache cannot be asked, each does. */
  async #claim(rejection: Rejection): Promise<boolean> {
    const claimed = probing(rejection, this.#options.clock.now(), this.#options.timing);
    const isFirst = await this.#share(
      { kind: 'rejected', rejection: claimed },
      (found) => found === null,
    ).catch(() => true);
    // What was on its way may have been taken meanwhile.
    if (!isFirst || this.#isAccepted()) return false;
    this.#reject(claimed);
    return true;
  }

  #accepted(permit: number): void {
    this.#taken = Math.max(this.#taken, permit);
    this.#takenAt = monotonicOf(this.#options.clock);
    if (this.#standing.kind === 'accepted') return;
    if (this.#standing.kind === 'rejected' && permit <= this.#standing.permit) return;
    this.#become({ kind: 'accepted' });
    this.#tell({ kind: 'accepted' }, (found) => found?.kind !== 'accepted');
  }

  async #rejected(permit: number, isProbe: boolean, adobeCode: string): Promise<Failure> {
    const { clock, timing } = this.#options;
    const before = this.#standing;
    // Adobe Pass has taken what was presented later.
    if (permit < this.#taken) return this.#refusal();
    if (before.kind === 'rejected') {
      // What was on its way when the doubt arose adds nothing to it.
      if (!isProbe) return this.#refusal();
      const rejection = rejectedAgain(before.rejection, adobeCode, clock.now(), timing);
      this.#become({ kind: 'rejected', rejection, permit });
      if (rejection.isConfirmed) this.#announce(rejection);
      await this.#share({ kind: 'rejected', rejection }, (found) => found === null).catch(() => false);
      return this.#refusal();
    }
    const worked = before.kind === 'accepted';
    const rejection = firstRejection(adobeCode, worked, clock.now(), timing);
    this.#become({ kind: 'rejected', rejection, permit });
    // A record that says otherwise is of another process. It has been accepted there: this may be a mistake.
    await this.#share(
      { kind: 'rejected', rejection },
      (found) => found === null || (worked && found.kind === 'accepted'),
    ).catch(() => false);
    if (!worked && this.#isAccepted()) return await this.#rejected(permit, isProbe, adobeCode);
    if (worked) publish({ type: 'statementDoubted', adobeCode });
    else this.#announce(rejection);
    return this.#refusal();
  }

  /** The call that was to try the statement was not made, or was answered with something else. */
  #untold(): void {
    if (this.#standing.kind !== 'rejected') return;
    const { clock, timing } = this.#options;
    const rejection = dueAfter(this.#standing.rejection, timing.statementRejectionGapMs, clock.now());
    this.#reject(rejection);
    this.#tell({ kind: 'rejected', rejection }, () => false);
  }

  #announce({ adobeCode, forMs }: Rejection): void {
    publish({ type: 'statementRejected', adobeCode, blockedForMs: forMs });
  }

  #isAccepted(): boolean {
    return this.#standing.kind === 'accepted';
  }

  #waitMs(): number {
    const { rejection } = this;
    return rejection === null ? 0 : waitMs(rejection, this.#options.clock.now());
  }

  #refusal(): Failure {
    const retryAfterMs = this.#waitMs() || this.#options.timing.statementRejectionGapMs;
    return refusalOf(this.rejection, retryAfterMs);
  }

  #notProven(): Failure {
    const { queueRetryMs: retryAfterMs } = this.#options.timing;
    return failure('registration_limited', 'the software statement was not proven in time', { retryAfterMs });
  }

  /** `since`: of the monotonic clock. */
  #isWithin(forMs: number, since: number): boolean {
    return monotonicOf(this.#options.clock) - since < forMs;
  }

  #become(standing: Standing): void {
    this.#standing = standing;
    this.#changes += 1;
    if (standing.kind === 'accepted') this.#turns.endAll();
    else this.#turns.endPause();
  }

  #reject(rejection: Rejection): void {
    const permit = this.#standing.kind === 'rejected' ? this.#standing.permit : this.#permits;
    this.#become({ kind: 'rejected', rejection, permit });
  }

  /** A cache that cannot be asked says nothing, and is not asked again soon. */
  async #look(): Promise<void> {
    const { clock, timing } = this.#options;
    const forMs = await this.#read().then(
      () => timing.statementLookEveryMs,
      () => timing.statementProbeEveryMs,
    );
    this.#looked = { at: monotonicOf(clock), forMs };
    this.#looking = null;
  }

  async #read(): Promise<void> {
    const before = this.#changes;
    this.#adopt(await this.#shared.news(() => this.#changes !== before));
  }

  #adopt(found: StatementRecord | null): void {
    if (found === null) return;
    if (found.kind === 'accepted') {
      if (this.#standing.kind !== 'accepted') this.#become(found);
      return;
    }
    if (this.#standing.kind === 'accepted') {
      // Whose registrations succeed goes on while others are in doubt, and knows better than those who are not.
      if (!found.rejection.isConfirmed) return;
      if (this.#isWithin(this.#options.timing.statementRejectionGapMs, this.#takenAt)) {
        this.#tell({ kind: 'accepted' }, (other) => other?.kind !== 'accepted');
        return;
      }
    }
    this.#reject(byOwnClock(found.rejection, this.#options.clock.now()));
  }

  /** In the background, and only a courtesy: without it other processes find out by themselves. */
  #tell(record: StatementRecord, mayReplace: MayReplace): void {
    this.#options.track(this.#share(record, mayReplace).catch(() => undefined));
  }

  /** Tells the others, or learns what they know instead. Whether they were told. @throws PassError `cache_unavailable` */
  async #share(record: StatementRecord, mayReplace: MayReplace): Promise<boolean> {
    const { isStored, found } = await this.#shared.put(record, mayReplace);
    if (!isStored) this.#adopt(found);
    return isStored;
  }
}
