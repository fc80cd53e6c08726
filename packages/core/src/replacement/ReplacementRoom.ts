import type { KeyNames } from '../cache/keyNames.js';
import type { RecordStore } from '../cache/RecordStore.js';
import { publish } from '../diagnostics.js';
import { isPassError, PassError } from '../errors.js';
import type { Failure } from '../registration/event.js';
import { failure } from '../registration/failure.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import { Allowance } from './Allowance.js';
import { weigh } from './evidence.js';
import { FleetCounts } from './FleetCounts.js';
import { FleetWatch, type Sight } from './FleetWatch.js';
import { Incident } from './Incident.js';
import { Places } from './Places.js';
import { Probe, saysAllMayAsk } from './Probe.js';
import { RefusedPairs } from './RefusedPairs.js';
import type { AskedPair, Replacements, Verdict, WitnessSource } from './Replacements.js';
import { SharedRecords } from '../cache/SharedRecords.js';
import { Suspects, type Suspect } from './Suspects.js';
import { Witnesses } from './Witnesses.js';

export interface ReplacementRoomOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly store: RecordStore;
  readonly names: KeyNames;
  readonly source: WitnessSource;
  readonly timing: Timing['replacement'];
  /** Keeps a promise until it has settled. */
  readonly track: (work: Promise<unknown>) => void;
}

/** `Replacements` over the records of the fleet. Without other processes it is the same: they are silent. */
export class ReplacementRoom implements Replacements {
  readonly #options: ReplacementRoomOptions;
  readonly #suspects: Suspects;
  readonly #witnesses: Witnesses;
  readonly #refused: RefusedPairs;
  readonly #counts: FleetCounts;
  readonly #probe: Probe;
  readonly #allowance: Allowance;
  readonly #places: Places;
  readonly #watch: FleetWatch;
  #awakeUntil = -Infinity;
  /** What keeps all devices from being replaced, and until when that is worth a finding. */
  #suspension: { readonly message: string; readonly until: number } | null = null;

  constructor(options: ReplacementRoomOptions) {
    const { clock, random, store, names, source, timing, track } = options;
    const records = new SharedRecords(store, timing.recordAttempts);
    const shared = { clock, records, names, timing, track };
    const process = Math.floor(random() * 2 ** 32).toString(36);
    this.#options = options;
    this.#suspects = new Suspects(clock, timing);
    this.#refused = new RefusedPairs(shared);
    this.#counts = new FleetCounts({ ...shared, key: names.fleet, process });
    this.#probe = new Probe({ ...shared, key: names.probe });
    this.#allowance = new Allowance({ ...shared, key: names.allowance });
    this.#places = new Places({ ...shared, random });
    this.#watch = new FleetWatch({
      ...shared,
      incident: new Incident({ ...shared, key: names.incident }),
      probe: this.#probe,
      allowance: this.#allowance,
      refused: this.#refused,
      counts: this.#counts,
    });
    this.#witnesses = new Witnesses({
      ...shared,
      source,
      isSuspect: (tag) => this.#isSuspect(tag),
      onRefused: () => this.#witnessRefused(),
    });
  }

  async mayAsk(pair: AskedPair, hasUsableToken: boolean): Promise<Failure | null> {
    if (!this.#isAwake) return null;
    try {
      const sight = await this.#look();
      return (await this.#mustWait(pair, hasUsableToken, sight)) ? this.#incidentFailure() : null;
    } catch {
      // To ask harms nobody. Nothing is replaced before the cache has been asked.
      return null;
    }
  }

  issued(pair: AskedPair): void {
    const { tag } = pair;
    this.#counts.note(tag, 'served');
    this.#witnesses.issued(pair);
    if (!this.#isSuspect(tag)) return;
    const refused = this.#suspects.clear(tag);
    // That a new pair is served says nothing of those that are refused.
    const isRecovery = refused === undefined || refused.clientId === pair.clientId;
    this.#refused.note(tag, 'served');
    this.#inBackground(async () => {
      const { isIncident } = await this.#look();
      if (!isRecovery || !isIncident) return;
      await this.#probe.open();
      this.#watch.forget();
    });
  }

  async refused(pair: AskedPair): Promise<Verdict> {
    const suspect = this.#note(pair);
    try {
      const sight = await this.#look();
      if (sight.isIncident && !sight.isAllowed) {
        this.#suspects.acquit(pair.tag);
        return { kind: 'suspended', failure: this.#incidentFailure() };
      }
      return await this.#weigh(suspect, sight);
    } catch (error) {
      return { kind: 'suspended', failure: cacheFailure(error, this.#options.timing) };
    }
  }

  refusedHarmlessly(pair: AskedPair): void {
    this.#note(pair);
    this.#inBackground(async () => void (await this.#look()));
  }

  async takePlace(tag: string): Promise<Failure | null> {
    const { timing } = this.#options;
    try {
      const sight = await this.#watch.lookNow();
      const why = await this.#against(tag, sight);
      if (why !== null) return why;
      const { servedByOne } = sight.totals;
      if (!(await this.#places.take(servedByOne)) && !(await this.#allowance.take()))
        return this.#ofAll(
          allTaken(Math.max(timing.incidentRetryMs, await this.#places.waitMs(servedByOne))),
        );
      if (await this.#places.noteChange(tag)) return null;
      return failure('replacement_suspended', 'the change of the credentials could not be noted', {
        retryAfterMs: timing.incidentRetryMs,
      });
    } catch (error) {
      return cacheFailure(error, timing);
    }
  }

  placeUnused(tag: string): void {
    this.#inBackground(async () => void (await this.#places.noteNoChange(tag)));
  }

  async allow({ forMs, maxDevices }: { readonly forMs: number; readonly maxDevices: number }): Promise<void> {
    const { allowedAtMostMs } = this.#options.timing;
    if (!(forMs >= 1 && forMs <= allowedAtMostMs))
      throw new PassError('option_invalid', `forMs must be from 1 to ${allowedAtMostMs}, received ${forMs}`);
    if (!Number.isSafeInteger(maxDevices) || maxDevices < 0)
      throw new PassError(
        'option_invalid',
        `maxDevices must be a whole number of at least 0, received ${maxDevices}`,
      );
    if (!(await this.#allowance.set(forMs, maxDevices)))
      throw new PassError('cache_unavailable', 'others wrote the record of what is allowed; try again');
    this.#watch.forget();
    publish({ type: 'replacementsAllowed', forMs, maxDevices });
  }

  get suspension(): string | null {
    const suspension = this.#suspension;
    return suspension !== null && monotonicOf(this.#options.clock) < suspension.until
      ? suspension.message
      : null;
  }

  close(): void {
    this.#watch.close();
  }

  get #isAwake(): boolean {
    return monotonicOf(this.#options.clock) < this.#awakeUntil;
  }

  #stayAwake(): void {
    const { clock, timing } = this.#options;
    this.#awakeUntil = monotonicOf(clock) + timing.awakeMs;
  }

  async #look(): Promise<Sight> {
    const sight = await this.#watch.look();
    // Where all wait nobody is refused, and the next look is no less needed.
    if (sight.isIncident) this.#stayAwake();
    return sight;
  }

  #isSuspect(tag: string): boolean {
    return this.#suspects.has(tag) || (this.#isAwake && this.#watch.last?.refused.has(tag) === true);
  }

  #note(pair: AskedPair): Suspect {
    this.#stayAwake();
    this.#counts.note(pair.tag, 'refused');
    const { suspect, isToBeTold } = this.#suspects.refused(pair);
    if (isToBeTold) this.#refused.note(pair.tag, 'refused');
    return suspect;
  }

  async #mustWait(pair: AskedPair, hasUsableToken: boolean, sight: Sight): Promise<boolean> {
    if (!sight.isIncident || sight.isAllowed || saysAllMayAsk(sight.probe.value)) return false;
    if (this.#isSuspect(pair.tag)) return !(await this.#probe.take(pair.tag, sight.probe));
    return hasUsableToken && !this.#witnesses.sawWayWork(pair);
  }

  async #weigh(suspect: Suspect, sight: Sight): Promise<Verdict> {
    const { timing } = this.#options;
    const testimony = this.#witnesses.testimony(suspect, sight.isAllowed);
    const weighed = weigh(testimony, timing);
    if (weighed.kind === 'proven') {
      const why = await this.#against(suspect.pair.tag, sight);
      return why === null ? weighed : { kind: 'suspended', failure: why };
    }
    if (testimony.spanMs > timing.evidenceMs) {
      this.#suspects.acquit(suspect.pair.tag);
      return { kind: 'suspended', failure: tooLittle(timing) };
    }
    // The first refusal may be a stray one.
    if (weighed.witnesses > 0 && testimony.refusals > 1) this.#witnesses.seek(suspect, weighed.witnesses);
    return { kind: 'again', delayMs: this.#delayMs(suspect) };
  }

  #delayMs({ refusals, countedAt }: Suspect): number {
    const { clock, random, timing } = this.#options;
    const gapMs = refusals < timing.eagerRefusals ? timing.refusalGapMs : timing.patientGapMs;
    const leftMs = Math.max(0, countedAt + gapMs - monotonicOf(clock));
    return Math.ceil(leftMs + random() * timing.refusalSpreadMs);
  }

  /** Why the pair of the device is not changed now, however dead it is. */
  async #against(tag: string, sight: Sight): Promise<Failure | null> {
    const { timing } = this.#options;
    if (sight.isAllowed) return null;
    if (sight.isIncident) return this.#incidentFailure();
    const changedEnoughForMs = await this.#places.changedEnoughForMs(tag);
    if (changedEnoughForMs > 0) return changedTooOften(timing, changedEnoughForMs);
    const waitMs = await this.#places.waitMs(sight.totals.servedByOne);
    return waitMs > 0 ? this.#ofAll(allTaken(waitMs)) : null;
  }

  #witnessRefused(): void {
    this.#suspects.acquitAll();
    this.#inBackground(async () => void (await this.#watch.lookNow('witness_refused')));
  }

  #incidentFailure(): Failure {
    const { random, timing } = this.#options;
    const retryAfterMs = Math.ceil(timing.incidentRetryMs + random() * timing.incidentRetrySpreadMs);
    const refused = failure(
      'replacement_suspended',
      'Adobe Pass refuses the credentials of many devices at once; none is replaced until that has passed',
      { retryAfterMs },
    );
    return this.#ofAll(refused);
  }

  /** It concerns every device, so the operator is told too. */
  #ofAll(refused: Failure): Failure {
    const { clock, timing } = this.#options;
    const forMs = Math.max(refused.retryAfterMs ?? 0, timing.incidentMs);
    this.#suspension = { message: refused.message, until: monotonicOf(clock) + forMs };
    return refused;
  }

  /** It may fail: then the cache does, and whoever needs it says so. */
  #inBackground(work: () => Promise<void>): void {
    this.#options.track(work().catch(() => undefined));
  }
}

function allTaken(retryAfterMs: number): Failure {
  return failure(
    'replacement_suspended',
    'too many devices lost their credentials within minutes; no more are replaced for now',
    { retryAfterMs },
  );
}

function changedTooOften({ changes }: Timing['replacement'], retryAfterMs: number): Failure {
  return failure(
    'replacement_suspended',
    `the credentials of this device were changed ${changes} times within a day; an operator must allow one more change`,
    { retryAfterMs },
  );
}

function tooLittle({ evidenceRetryMs }: Timing['replacement']): Failure {
  return failure(
    'replacement_suspended',
    'Adobe Pass refuses the credentials of this device, but too little else shows that they are dead',
    { retryAfterMs: evidenceRetryMs },
  );
}

function cacheFailure(error: unknown, { incidentRetryMs }: Timing['replacement']): Failure {
  const retryAfterMs = (isPassError(error) ? error.retryAfterMs : undefined) ?? incidentRetryMs;
  return failure('replacement_suspended', 'the cache could not be asked whether others are refused too', {
    retryAfterMs,
  });
}
