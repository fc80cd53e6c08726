import type { Answer } from '../../src/registration/event.js';
import type { PendingEffect } from '../../src/registration/effect.js';
import type { Policy } from '../../src/registration/policy.js';
import type { CredentialsRecord, LeaseRecord, TokenRecord } from '../../src/registration/record.js';
import { initialState, type State } from '../../src/registration/state.js';
import { defaultTiming } from '../../src/timing.js';

const unitMs = 1_000;

/**
 * The shipped constants, except where smaller ones only remove repetition: two attempts, two writes and two refusals in
 * place of three; one length of back-off and one of polling in place of growing ones, so that the counters behind them
 * need not be part of a state. All lengths are multiples of one unit, because their order matters and the distance
 * between them does not: a lease outlives one poll, one back-off and one gap, and has to be extended after each.
 */
export const policy: Policy = {
  ...defaultTiming.machine,
  ephemeral: false,
  attempts: 2,
  storeAttempts: 2,
  leaseMs: 2 * unitMs,
  upstreamTimeoutMs: 1.5 * unitMs,
  backoffFirstMs: unitMs,
  backoffMaxMs: unitMs,
  throttleMs: unitMs,
  throttleSpreadMs: 0,
  refusedMs: unitMs,
  suspendedMs: unitMs,
  refusedPauseFirstMs: unitMs,
  refusedPauseMaxMs: unitMs,
  boundMarkFreshMs: unitMs,
  signInMarkFreshMs: unitMs,
  // At jitter 0 a process polls after three quarters of this.
  pollFirstMs: (unitMs * 4) / 3,
  pollMaxMs: (unitMs * 4) / 3,
  forcedRefreshIntervalMs: 3 * unitMs,
  renewFrom: 0.5,
  expiryMarginPart: 0.25,
};

/** So often may the pair of a device be changed within a day. */
export const mostChanges = 2;

export const refusalGapMs: number = unitMs;

export const tokenLifeMs = 8 * unitMs;

/** When a viewer signs in: always at the same instant, so that time is no part of it. */
export const signInMark = 1;

/** A slow call ends some time before its timeout: enough to extend the lease afterwards. */
export const slowCallMs = unitMs;

/** What is stored under one key. */
export interface Cell<Value> {
  readonly record: Value;
  readonly version: string;
  /** Epoch milliseconds by the clock of the store; `null`: never. */
  readonly expiresAt: number | null;
}

/** One process, as far as it concerns the device. */
export interface Proc {
  readonly state: State;
  /** The one effect that is running. */
  readonly pending: PendingEffect | null;
  /** When a pending wait ends, or at the latest a pending call. */
  readonly due: number;
  /** The pending call takes its time. */
  readonly slow: boolean;
  /** The effect has been applied, and this is what the process is about to hear. */
  readonly answer: Answer | null;
  /** Held up: time passes over it. */
  readonly paused: boolean;
  /** Who waits, in order of arrival: for each the token that it has seen rejected. Two alike count as one. */
  readonly callers: readonly (string | null)[];
  /** A request found the token due for renewal while other work was going on. */
  readonly renewalSeenDue: boolean;
  /** The token handed out last: a 401 would name it. */
  readonly handedOut: string | null;
  /** A place to register is reserved for it. */
  readonly place: boolean;
  /** It is at work because its pair may be lost. */
  readonly checking: boolean;
  /** Its path leads to another Adobe Pass, which knows nobody that it has not registered itself. */
  readonly elsewhere: boolean;
  /** Refusals of the suspect pair that it has heard and weighed. */
  readonly evidence: number;
}

/** So many refusals prove that a pair is dead, where the shipped constant is three. */
export const enoughEvidence = 2;

/** How often each thing may still happen. */
export interface Budget {
  /** A process is held up for as long as it pleases, before its effect is applied or before it hears the answer. */
  readonly pause: number;
  /** A process loses its memory; what it had sent is applied, or not, or later. */
  readonly crash: number;
  /** An effect fails; it has been applied, or not, or will be later. */
  readonly lost: number;
  /** Adobe Pass revokes a client. */
  readonly kill: number;
  /** The store fails over to a replica that has an earlier value of the credentials, and perhaps not the lease. */
  readonly stale: number;
  /** A process suspects that the store has lost its pair, and looks. */
  readonly recheck: number;
  /** Adobe Pass forgets everybody; the next time, it is as it was before that, and knows those who came since too. */
  readonly forget: number;
  /** A viewer signs in with the pair that counts. */
  readonly signIn: number;
  /** A process renews its token early, because the pair of another device is suspect. */
  readonly witness: number;
  /** A call that may bind a viewer is about to be made. */
  readonly bind: number;
  /** An answer shows a viewer's sign-in, or that he has signed out. */
  readonly show: number;
  /** A plain read is answered by a replica that lags. */
  readonly replica: number;
  /** The credentials cannot be opened by whoever reads them. */
  readonly unreadable: number;
  /** Adobe Pass answers `invalid_client` for a client that is alive. */
  readonly refusal: number;
  /** A registration or a replacement is not admitted, or Adobe Pass throttles or refuses for a reason of its own. */
  readonly denial: number;
  /** A 401 names the token handed out last. */
  readonly reject: number;
  /** The callers of a process go away. */
  readonly leave: number;
  /** A call takes time, up to its timeout, which is no fault of anybody's. */
  readonly slow: number;
}

export type Fault = keyof Budget;

export const nothing: Budget = {
  pause: 0,
  crash: 0,
  lost: 0,
  kill: 0,
  stale: 0,
  recheck: 0,
  forget: 0,
  signIn: 0,
  witness: 0,
  bind: 0,
  show: 0,
  replica: 0,
  unreadable: 0,
  refusal: 0,
  denial: 0,
  reject: 0,
  leave: 0,
  slow: 0,
};

/** What the invariants remember. Sets of clients are bit sets: client n is bit n. */
export interface History {
  readonly registrations: number;
  readonly killed: number;
  /** Adobe Pass has forgotten them, and may remember them. */
  readonly forgotten: number;
  /** Those that it has ever forgotten. */
  readonly everForgotten: number;
  /** Registered at the other Adobe Pass, and known only there. */
  readonly foreign: number;
  /** A viewer has signed in with them. */
  readonly signedIn: number;
  /** Places that were taken to change the pair: of a device, two a day. */
  readonly changes: number;
  readonly handedOut: number;
  readonly everStored: number;
  /** Faults each of which may cost one more registration. */
  readonly excuses: number;
  /** A stale promotion has destroyed data. */
  readonly destroyed: boolean;
  /** Nothing has happened that lets two processes call at once. */
  readonly calm: boolean;
}

export interface World {
  readonly now: number;
  readonly procs: readonly Proc[];
  readonly credentials: Cell<CredentialsRecord> | null;
  readonly token: Cell<TokenRecord> | null;
  readonly lease: Cell<LeaseRecord> | null;
  /** Earlier values of the credentials, as long as a replica might bring them back. */
  readonly past: readonly (Cell<CredentialsRecord> | null)[];
  /** A write that its sender has given up, and that is still under way. */
  readonly underWay: PendingEffect | null;
  readonly budget: Budget;
  readonly history: History;
  readonly versions: number;
  readonly tokens: number;
}

export const freshProc: Proc = {
  state: initialState(0),
  pending: null,
  due: 0,
  slow: false,
  answer: null,
  paused: false,
  callers: [],
  renewalSeenDue: false,
  handedOut: null,
  place: false,
  checking: false,
  elsewhere: false,
  evidence: 0,
};

/** `elsewhere`: the path of the last process leads to another Adobe Pass. */
export function initialWorld(processes: number, faults: Partial<Budget>, elsewhere = false): World {
  return {
    now: 0,
    procs: Array.from({ length: processes }, (_, index) => ({
      ...freshProc,
      elsewhere: elsewhere && index === processes - 1,
    })),
    credentials: null,
    token: null,
    lease: null,
    past: [],
    underWay: null,
    budget: { ...nothing, ...faults },
    history: {
      registrations: 0,
      killed: 0,
      forgotten: 0,
      everForgotten: 0,
      foreign: 0,
      signedIn: 0,
      changes: 0,
      handedOut: 0,
      everStored: 0,
      // What the other Adobe Pass has registered, this one does not know.
      excuses: elsewhere ? 1 : 0,
      destroyed: false,
      calm: true,
    },
    versions: 0,
    tokens: 0,
  };
}

export function withProc(world: World, index: number, proc: Proc): World {
  const procs = world.procs.slice();
  procs[index] = proc;
  return { ...world, procs };
}

export function procAt(world: World, index: number): Proc {
  const proc = world.procs[index];
  if (proc === undefined) throw new Error(`there is no process ${index}`);
  return proc;
}

const clientPrefix = 'client ';

export const clientName = (number: number): string => `${clientPrefix}${number}`;
/** The bit that stands for a client in a history. */
export const clientBit = (clientId: string): number => 1 << Number(clientId.slice(clientPrefix.length));

/** Whether the Adobe Pass that a process reaches knows a client. */
export function isKnownTo(
  { elsewhere }: Pick<Proc, 'elsewhere'>,
  history: History,
  clientId: string,
): boolean {
  const bit = clientBit(clientId);
  if ((history.killed & bit) !== 0) return false;
  return elsewhere ? (history.foreign & bit) !== 0 : ((history.forgotten | history.foreign) & bit) === 0;
}

/** A token's name says whose it is: `token 3 of client 1`. */
export const tokenName = (number: number, clientId: string): string => `token ${number} of ${clientId}`;
export const clientOfToken = (accessToken: string): string =>
  accessToken.slice(accessToken.indexOf(clientPrefix));

/** A property does not hold. The message says which, and why. */
export class Violation extends Error {}
