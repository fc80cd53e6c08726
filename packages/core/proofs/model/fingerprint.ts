import { signInOf } from '../../src/registration/earlier.js';
import type { PendingEffect } from '../../src/registration/effect.js';
import type { Answer, Swapped } from '../../src/registration/event.js';
import type { StoringReason } from '../../src/registration/reconcile.js';
import type {
  CredentialsRecord,
  LeaseRecord,
  PairMarks,
  Slot,
  TokenRecord,
} from '../../src/registration/record.js';
import type { Known, Lease, Run, State, Versions } from '../../src/registration/state.js';
import type { HeldToken } from '../../src/registration/token.js';
import {
  clientBit,
  clientName,
  policy,
  signInMark,
  tokenLifeMs,
  type Cell,
  type Proc,
  type World,
} from './world.js';

/*
 * Worlds that differ in nothing that could ever matter have one fingerprint: times count from now, and what has passed
 * has passed; clients, tokens and versions are named in the order in which they are met; processes stand in an order
 * of their own making. What no decision reads is left out: secrets, texts of failures, counters behind constants that
 * do not grow here.
 */

const kinds: readonly State['kind'][] = [
  'resting',
  'reading',
  'waiting',
  'queueing',
  'leasing',
  'verifying',
  'extendingLease',
  'admitting',
  'registering',
  'storingCredentials',
  'requestingToken',
  'storingToken',
  'releasing',
  'doubting',
  'weighing',
  'tryingEarlier',
  'admittingReplacement',
  'registeringReplacement',
  'provingReplacement',
  'retryingSuspect',
  'takingPlace',
  'storingReplacement',
  'checking',
  'restoring',
  'confirming',
  'marking',
];
const kindNumbers: ReadonlyMap<string, number> = new Map(kinds.map((kind, index) => [kind, index]));

const effectTypes: readonly PendingEffect['type'][] = [
  'readRecords',
  'swapLease',
  'swapCredentials',
  'swapToken',
  'queueToRegister',
  'admitRegistration',
  'register',
  'requestToken',
  'weighRefusal',
  'takePlace',
  'wait',
];
const effectNumbers: ReadonlyMap<string, number> = new Map(effectTypes.map((type, index) => [type, index]));

/*
 * A member that the machine gets one day must be accounted for here, or worlds would be taken for alike that are not:
 * each of these objects fails to compile until it is.
 */
type MembersOf<Each> = Each extends Each ? keyof Each : never;
type Accounted<Whole, Names extends PropertyKey> = [Exclude<MembersOf<Whole>, Names>] extends [never]
  ? true
  : Exclude<MembersOf<Whole>, Names>;

interface Completeness {
  readonly known: Accounted<
    Known,
    | 'jitter'
    | 'pair'
    | 'pairVersion'
    | 'unpublished'
    | 'token'
    | 'rejected'
    | 'forcedAt'
    | 'failures'
    | 'refusals'
  >;
  readonly run: Accounted<Run, 'attempts' | 'polls' | 'storeAttempts' | 'isWitness'>;
  readonly lease: Accounted<Lease, 'version' | 'until'>;
  readonly versions: Accounted<Versions, 'credentials' | 'token' | 'forgotten'>;
  readonly heldToken: Accounted<HeldToken, 'accessToken' | 'expiresAt' | 'servableUntil' | 'renewAt'>;
  readonly pair: Accounted<
    CredentialsRecord,
    | ('clientId' | 'clientSecret' | 'registeredAt' | 'statement' | 'generation' | 'earlier')
    | ('boundAt' | 'signedInAt' | 'signedOutAt')
  >;
  readonly token: Accounted<TokenRecord, 'clientId' | 'accessToken' | 'issuedAt' | 'expiresAt'>;
  /** What Adobe Pass said is only told, and decides nothing. */
  readonly leaseRecord: Accounted<LeaseRecord, 'kind' | 'until' | 'forMs' | 'code' | 'adobeCode'>;
  readonly state: Accounted<
    State,
    | (
        | 'kind'
        | 'known'
        | 'run'
        | 'requestedAt'
        | 'lease'
        | 'versions'
        | 'next'
        | 'record'
        | 'pair'
        | 'reason'
      )
    | ('effect' | 'suspect' | 'replacement' | 'replacementToken')
    | ('candidates' | 'isRefused' | 'isNew' | 'doubted')
  >;
  readonly effect: Accounted<
    PendingEffect,
    | 'type'
    | 'strong'
    | 'expected'
    | 'next'
    | 'ttlMs'
    | 'credentials'
    | 'isTrial'
    | 'suspect'
    | 'delayMs'
    | 'failure'
    | 'ephemeral'
    // The interpreter waits for `delayMs` either way.
    | 'untilNotHeldOff'
  >;
}

const reasons: readonly StoringReason[] = ['new', 'lost', 'newer', 'conflict'];

const wordsAtMost = 2048;

/** Turns worlds into 64-bit fingerprints, in two halves. */
export class Fingerprint {
  readonly accounted: Completeness = {
    known: true,
    run: true,
    lease: true,
    versions: true,
    heldToken: true,
    pair: true,
    token: true,
    leaseRecord: true,
    state: true,
    effect: true,
  };
  high = 0;
  low = 0;
  readonly #words: Int32Array = new Int32Array(wordsAtMost);
  #length = 0;
  #now = 0;
  /** Whether anybody may still name a token, so that it matters which one is which. */
  #named = false;
  #world: World | null = null;
  #clients: string[] = [];
  #tokens: string[] = [];
  #versions: string[] = [];

  /** Leaves the fingerprint in `high` and `low`. */
  take(world: World): void {
    let first = true;
    for (const order of orders(world.procs)) {
      const { high, low } = this;
      this.#write(world, order);
      this.#hash();
      if (!first && (high < this.high || (high === this.high && low <= this.low))) {
        this.high = high;
        this.low = low;
      }
      first = false;
    }
  }

  #hash(): void {
    let a = 0x9e3779b9;
    let b = 0x85ebca6b;
    for (let index = 0; index < this.#length; index += 1) {
      const word = this.#words[index] ?? 0;
      a = Math.imul(a ^ word, 0xcc9e2d51);
      a = (a << 13) | (a >>> 19);
      a = Math.imul(a, 5) + 0xe6546b64;
      b = Math.imul(b ^ Math.imul(word, 0x1b873593), 0xc2b2ae35);
      b ^= b >>> 15;
    }
    this.high = finish(a ^ this.#length);
    this.low = finish(b + this.#length);
  }

  #write(world: World, order: readonly Proc[]): void {
    this.#length = 0;
    this.#now = world.now;
    this.#world = world;
    this.#named = namesTokens(world);
    this.#clients = [];
    this.#tokens = [];
    this.#versions = [];
    const { history } = world;
    this.#cell(world.credentials, (record) => this.#pair(record));
    this.#cell(world.token, (record) => this.#tokenRecord(record));
    this.#cell(world.lease, (record) => this.#leaseRecord(record));
    this.#put(world.past.length);
    // These two have no room in `Seen`.
    this.#put((world.budget.bind << 3) | world.budget.show);
    for (const earlier of world.past) this.#cell(earlier, (record) => this.#pair(record));
    this.#effect(world.underWay);
    for (const proc of order) this.#proc(proc);
    // Of the clients that nothing names any more, only those count that somebody may have been handed and that live.
    let left = 0;
    for (let number = 1; number <= history.registrations; number += 1) {
      const clientId = clientName(number);
      const bit = clientBit(clientId);
      if (
        (history.handedOut & ~history.killed & ~history.everForgotten & bit) !== 0 &&
        !this.#clients.includes(clientId)
      )
        left += 1;
    }
    this.#put(left);
    this.#put(history.changes);
    // Between two pairs that are alike in everything else, the order of their names decides.
    const numbers = this.#clients.map(clientBit);
    for (const number of numbers) this.#put(numbers.filter((other) => other < number).length);
  }

  #put(word: number): void {
    if (this.#length === wordsAtMost) throw new Error('a world is larger than its fingerprint expects');
    this.#words[this.#length] = word;
    this.#length += 1;
  }

  #instant(at: number): void {
    this.#put(at <= this.#now ? 0 : at - this.#now);
  }

  /** Whether a mark is young; and of the few marks that are made here, which is the later one. */
  #since(markedAt: number | null): void {
    if (markedAt === null) return this.#put(-1);
    if (markedAt === signInMark) return this.#put(-2);
    this.#put(Math.min(this.#now - markedAt, tokenLifeMs));
  }

  #client(clientId: string): void {
    let index = this.#clients.indexOf(clientId);
    if (index === -1) index = this.#clients.push(clientId) - 1;
    const bit = clientBit(clientId);
    const history = this.#world?.history;
    if (history === undefined) return;
    const is = (set: number): number => ((set & bit) === 0 ? 0 : 1);
    const known = (is(history.forgotten) << 2) | (is(history.everForgotten) << 1) | is(history.foreign);
    const fate = (is(history.killed) << 2) | (is(history.handedOut) << 1) | is(history.everStored);
    this.#put((index << 7) | (is(history.signedIn) << 6) | (known << 3) | fate);
  }

  #token(accessToken: string | null): void {
    if (accessToken === null || !this.#named) return this.#put(-1);
    let index = this.#tokens.indexOf(accessToken);
    if (index === -1) index = this.#tokens.push(accessToken) - 1;
    this.#put(index);
  }

  #version(version: string | null): void {
    if (version === null) return this.#put(-1);
    let index = this.#versions.indexOf(version);
    if (index === -1) index = this.#versions.push(version) - 1;
    this.#put(index);
  }

  #pair(record: CredentialsRecord | null): void {
    if (record === null) return this.#put(-1);
    this.#client(record.clientId);
    this.#put(record.generation);
    this.#marks(record);
    this.#put(record.earlier.length);
    for (const pair of record.earlier) {
      this.#client(pair.clientId);
      this.#put(pair.generation);
      this.#marks(pair);
    }
  }

  #marks(marks: PairMarks): void {
    this.#since(marks.boundAt);
    this.#since(marks.signedInAt);
    this.#since(marks.signedOutAt);
    this.#put(signInOf(marks) === null ? 0 : 1);
  }

  #tokenRecord(record: TokenRecord): void {
    this.#client(record.clientId);
    this.#token(record.accessToken);
    this.#instant(record.expiresAt);
  }

  #leaseRecord(record: LeaseRecord): void {
    this.#put(record.kind === 'work' ? 0 : 1 + failureNumber(record.code ?? ''));
    this.#instant(record.until);
  }

  #cell<Value>(cell: Cell<Value> | null, write: (record: Value) => void): void {
    if (cell === null) return this.#put(-1);
    this.#version(cell.version);
    if (cell.expiresAt !== null) this.#instant(cell.expiresAt);
    write(cell.record);
  }

  #slot<Value>(slot: Slot<Value>, write: (record: Value) => void): void {
    if (slot.kind === 'absent') return this.#put(-1);
    this.#version(slot.version);
    if (slot.kind === 'unreadable') return this.#put(-2);
    // The operator forgets nobody here.
    if (slot.kind === 'forgotten') return this.#put(slot.generation);
    write(slot.record);
  }

  #swapped<Value>(result: Swapped<Value>, write: (record: Value) => void): void {
    if (result.ok) {
      this.#put(-3);
      this.#version(result.version);
      return;
    }
    this.#slot(result.current, write);
  }

  #heldToken(token: HeldToken | null): void {
    // One that has expired counts only where a caller may name it.
    if (token === null || (token.expiresAt <= this.#now && !this.#named)) return this.#put(-1);
    this.#token(token.accessToken);
    this.#instant(token.renewAt);
    this.#instant(token.servableUntil);
    this.#instant(token.expiresAt);
  }

  #known(known: Known): void {
    this.#pair(known.pair);
    if (readsPairVersions(this.#world)) this.#version(known.pairVersion);
    this.#pair(known.unpublished);
    this.#heldToken(known.token);
    this.#token(known.rejected);
    if (known.forcedAt === null) this.#put(0);
    else this.#instant(known.forcedAt + policy.forcedRefreshIntervalMs);
  }

  #run(run: Run): void {
    this.#put(run.attempts | (run.storeAttempts << 8) | (run.isWitness ? 1 << 16 : 0));
  }

  #seen(versions: Versions | null): void {
    if (versions === null) return this.#put(-2);
    this.#version(versions.credentials);
    this.#version(versions.token);
  }

  #state(state: State): void {
    this.#put(kindNumbers.get(state.kind) ?? -1);
    if (state.kind === 'extendingLease') {
      this.#instant(state.requestedAt + policy.leaseMs);
      if (state.known !== state.next.known) this.#known(state.known);
      this.#state(state.next);
      return;
    }
    this.#known(state.known);
    if (state.kind === 'resting') return;
    this.#run(state.run);
    if (state.kind === 'leasing') this.#instant(state.requestedAt + policy.leaseMs);
    if ('lease' in state) {
      this.#version(state.lease?.version ?? null);
      this.#instant(state.lease?.until ?? 0);
    }
    if ('versions' in state) this.#seen(state.versions);
    if ('record' in state) this.#pair(state.record);
    if ('doubted' in state) this.#put(state.doubted === null ? 0 : 1);
    if ('reason' in state) this.#put(reasons.indexOf(state.reason));
    if ('pair' in state) this.#pair(state.pair);
    if ('suspect' in state) this.#pair(state.suspect);
    if ('replacement' in state) this.#pair(state.replacement);
    if ('isRefused' in state) this.#put(state.isRefused ? 1 : 0);
    if ('isNew' in state) this.#put(state.isNew ? 1 : 0);
    if ('candidates' in state) for (const { clientId } of state.candidates) this.#client(clientId);
    if ('replacementToken' in state) {
      this.#token(state.replacementToken.accessToken);
      this.#instant(state.replacementToken.requestedAt + state.replacementToken.lifeMs);
    }
    if (state.kind === 'releasing') this.#put(state.next.kind === 'rest' ? 0 : state.next.delayMs);
  }

  #effect(effect: PendingEffect | null): void {
    if (effect === null) return this.#put(-1);
    this.#put(effectNumbers.get(effect.type) ?? -1);
    switch (effect.type) {
      case 'readRecords':
        return this.#put(effect.strong ? 1 : 0);
      case 'swapLease':
        this.#version(effect.expected);
        this.#put(effect.ttlMs ?? -1);
        if (effect.next !== null) this.#leaseRecord(effect.next);
        return;
      case 'swapCredentials':
        this.#version(effect.expected);
        return this.#pair(effect.next);
      case 'swapToken':
        this.#version(effect.expected);
        this.#put(effect.ttlMs);
        return this.#tokenRecord(effect.next);
      case 'requestToken':
        this.#put(effect.isTrial ? 1 : 0);
        return this.#client(effect.credentials.clientId);
      case 'queueToRegister':
      case 'admitRegistration':
      case 'register':
      case 'weighRefusal':
      case 'takePlace':
      case 'wait':
        return;
    }
  }

  #answer(answer: Answer | null): void {
    if (answer === null) return this.#put(-1);
    switch (answer.type) {
      case 'recordsRead':
        this.#put(1);
        this.#slot(answer.credentials, (record) => this.#pair(record));
        this.#slot(answer.token, (record) => this.#tokenRecord(record));
        return this.#slot(answer.lease, (record) => this.#leaseRecord(record));
      case 'leaseSwapped':
        this.#put(2);
        return this.#swapped(answer.result, (record) => this.#leaseRecord(record));
      case 'credentialsSwapped':
        this.#put(3);
        return this.#swapped(answer.result, (record) => this.#pair(record));
      case 'tokenSwapped':
        this.#put(4);
        return this.#swapped(answer.result, (record) => this.#tokenRecord(record));
      case 'registered':
        this.#put(5);
        return this.#client(answer.credentials.clientId);
      case 'tokenIssued':
        this.#put(6);
        this.#token(answer.accessToken);
        return this.#instant(answer.requestedAt + answer.lifeMs);
      case 'cacheFailed':
      case 'registrationFailed':
      case 'registrationHeldOff':
      case 'tokenFailed':
      case 'replacementSuspended':
        this.#put(answer.type === 'registrationHeldOff' ? 12 : 7);
        return this.#put(failureNumber(answer.failure.code));
      case 'registrationAdmitted':
        return this.#put(8);
      case 'refusalWeighed':
        return this.#put(answer.againInMs === null ? 9 : 13);
      case 'queuePassed':
        return this.#put(15);
      case 'placeTaken':
        return this.#put(14);
      case 'waited':
        return this.#put(answer.wanted ? 10 : 11);
      case 'tokenNeeded':
      case 'tokenRejected':
      case 'lossSuspected':
      case 'witnessWanted':
      case 'confirmNeeded':
      case 'signInSeen':
      case 'signOutSeen':
        throw new Error('a question is not an answer');
    }
  }

  #proc(proc: Proc): void {
    this.#put(
      (proc.paused ? 1 : 0) |
        (proc.renewalSeenDue ? 2 : 0) |
        (proc.slow ? 4 : 0) |
        (proc.place ? 8 : 0) |
        (proc.checking ? 16 : 0) |
        (proc.evidence << 5) |
        (proc.elsewhere ? 128 : 0) |
        (proc.callers.length << 8),
    );
    this.#state(proc.state);
    this.#effect(proc.pending);
    if (proc.pending?.type === 'wait' || proc.slow) this.#instant(proc.due);
    this.#answer(proc.answer);
    for (const rejected of proc.callers) this.#token(rejected);
    this.#token(proc.handedOut);
  }
}

/** Nothing else goes by the version that a process remembers. */
function readsPairVersions(world: World | null): boolean {
  return world !== null && (world.budget.bind > 0 || world.budget.show > 0);
}

/** A caller comes with one that a 401 has named, or it may yet. */
function namesTokens({ budget, procs }: World): boolean {
  return (
    budget.reject > 0 ||
    procs.some(
      ({ callers, state }) => state.known.rejected !== null || callers.some((rejected) => rejected !== null),
    )
  );
}

const failureCodes: string[] = [];

function failureNumber(code: string): number {
  const index = failureCodes.indexOf(code);
  return index === -1 ? failureCodes.push(code) - 1 : index;
}

function finish(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Processes with different kinds of state are told apart by them; among alike ones every order is tried. */
function orders(procs: readonly Proc[]): readonly (readonly Proc[])[] {
  const rank = (proc: Proc): number =>
    ((kindNumbers.get(proc.state.kind) ?? 0) << 8) |
    (proc.paused ? 128 : 0) |
    (proc.callers.length << 1) |
    (proc.state.known.pair === null ? 0 : 1);
  return arrange(
    procs.toSorted((one, other) => rank(one) - rank(other)),
    rank,
  );
}

function arrange(sorted: readonly Proc[], rank: (proc: Proc) => number): readonly (readonly Proc[])[] {
  const [first, second, third] = sorted;
  if (first === undefined || second === undefined) return [sorted];
  const same = rank(first) === rank(second);
  if (third === undefined) return same ? [sorted, [second, first]] : [sorted];
  const sameLater = rank(second) === rank(third);
  if (same && sameLater) {
    return [
      sorted,
      [first, third, second],
      [second, first, third],
      [second, third, first],
      [third, first, second],
      [third, second, first],
    ];
  }
  if (same) return [sorted, [second, first, third]];
  return sameLater ? [sorted, [first, third, second]] : [sorted];
}
