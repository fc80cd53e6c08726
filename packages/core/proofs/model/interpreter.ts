import type { Effect, PendingEffect } from '../../src/registration/effect.js';
import type { Answer, Failure, FailureCode, Swapped } from '../../src/registration/event.js';
import type { CredentialsRecord, Slot } from '../../src/registration/record.js';
import type { State } from '../../src/registration/state.js';
import type { transition } from '../../src/registration/transition.js';
import {
  checkConfirmed,
  checkMemory,
  checkPlace,
  checkReplacing,
  checkSaid,
  handOut,
  isCall,
  movePlace,
  storeCredentials,
} from './invariants.js';
import type { Visits } from './visits.js';
import {
  type Cell,
  clientBit,
  clientName,
  enoughEvidence,
  type Fault,
  freshProc,
  type History,
  isKnownTo,
  mostChanges,
  policy,
  type Proc,
  procAt,
  refusalGapMs,
  signInMark,
  slowCallMs,
  tokenLifeMs,
  tokenName,
  Violation,
  withProc,
  type World,
} from './world.js';

/** What is checked: the shipped machine over a store that does as it should, or something broken on purpose. */
export interface System {
  readonly transition: typeof transition;
  /** How a swap of credentials is carried out. */
  readonly swapCredentials: 'swap' | 'set' | 'deleteThenSet';
  /** Whether a strong read is one. */
  readonly strongRead: boolean;
  /** Which writes may be applied after their sender has given them up; one of a token is ignored beside another pair. */
  readonly lateWrites: 'credentials' | 'all';
  /** Whether the verdict on a refused pair rests on others that were asked on the same path. */
  readonly witnesses: boolean;
  readonly visits: Visits;
}

/** One way in which an effect can be applied. */
export interface Outcome {
  readonly world: World;
  readonly answer: Answer;
  readonly note: () => string;
  /** It has changed nothing outside of the process. */
  readonly idle: boolean;
  /** What remains to be done of an effect that is not atomic. */
  readonly rest?: PendingEffect;
}

/** In place of a version: whatever is there. Only broken interpreters use it. */
const whatever = '*';

export const failure = (code: FailureCode): Failure => ({
  code,
  message: code,
  retryAfterMs: null,
  adobeStatus: null,
  adobeCode: null,
});

export function spend(world: World, fault: Fault, excuse: 0 | 1 = 0): World {
  const budget = { ...world.budget, [fault]: world.budget[fault] - 1 };
  const { history } = world;
  const past = budget.stale + budget.replica > 0 || world.past.length === 0 ? world.past : [];
  return {
    ...world,
    budget,
    past,
    history: excuse === 0 ? history : { ...history, excuses: history.excuses + 1 },
  };
}

export function slotOf<Value>(cell: Cell<Value> | null): Slot<Value> {
  return cell === null ? { kind: 'absent' } : { kind: 'stored', record: cell.record, version: cell.version };
}

export const pairText = (pair: CredentialsRecord | null): string =>
  pair === null ? 'absent' : `${pair.clientId} of generation ${pair.generation}`;

/** Whether a client that was registered in the place of another belongs to nobody if the token cannot be had now. */
function dropsNew(state: State): boolean {
  return state.kind === 'provingReplacement' || (state.kind === 'retryingSuspect' && state.isNew);
}

function suspensible(world: World, outcome: Outcome, dropped: 0 | 1 = 0): readonly Outcome[] {
  const answer = { type: 'replacementSuspended', failure: failure('replacement_suspended') } as const;
  return world.budget.denial === 0 ? [outcome] : [outcome, denied(world, answer, dropped)];
}

/** Every way in which the pending effect of a process can be applied, short of a fault of the machinery in between. */
export function outcomes(
  system: System,
  world: World,
  effect: PendingEffect,
  proc: Proc | null,
): readonly Outcome[] {
  switch (effect.type) {
    case 'readRecords':
      return readOutcomes(system, world, effect.strong);
    case 'swapLease':
      return [swapLease(world, effect)];
    case 'swapCredentials':
      return [swapCredentials(system, world, effect)];
    case 'swapToken':
      return [swapToken(world, effect)];
    case 'queueToRegister': {
      const passed: Outcome = {
        world,
        answer: { type: 'queuePassed' },
        note: () => 'has a place to register',
        idle: true,
      };
      if (world.budget.denial === 0) return [passed];
      const refused = failure('registration_limited');
      const heldOff = { ...failure('cache_unavailable'), retryAfterMs: policy.backoffFirstMs };
      return [
        passed,
        denied(world, { type: 'registrationFailed', failure: refused }),
        denied(world, { type: 'registrationHeldOff', failure: heldOff }),
      ];
    }
    case 'admitRegistration': {
      const admitted: Outcome = {
        world,
        answer: { type: 'registrationAdmitted' },
        note: () => 'is admitted to register',
        idle: true,
      };
      if (world.budget.denial === 0) return [admitted];
      const rejected = failure('software_statement_rejected');
      const heldOff = { ...failure('cache_unavailable'), retryAfterMs: policy.backoffFirstMs };
      return [
        admitted,
        denied(world, { type: 'registrationFailed', failure: rejected }),
        denied(world, { type: 'registrationHeldOff', failure: heldOff }),
      ];
    }
    case 'weighRefusal': {
      // Those who would bear witness are asked on the same path, and the other Adobe Pass refuses them too.
      if (proc?.elsewhere === true && system.witnesses) {
        const answer = { type: 'replacementSuspended', failure: failure('replacement_suspended') } as const;
        return [{ world, answer, note: () => 'finds that others are refused too', idle: true }];
      }
      // With this refusal.
      const isEnough = (proc?.evidence ?? 0) + 1 >= enoughEvidence;
      return suspensible(world, {
        world,
        answer: { type: 'refusalWeighed', againInMs: isEnough ? null : refusalGapMs },
        note: () => (isEnough ? 'may replace the pair' : 'is to try the pair again'),
        idle: true,
      });
    }
    case 'takePlace': {
      const dropped = proc !== null && 'isNew' in proc.state && proc.state.isNew ? 1 : 0;
      const { history } = world;
      if (history.changes >= mostChanges) {
        const answer = { type: 'replacementSuspended', failure: failure('replacement_suspended') } as const;
        const excuses = history.excuses + dropped;
        return [
          {
            world: { ...world, history: { ...history, excuses } },
            answer,
            note: () => 'has changed the pair often enough for a day',
            idle: dropped === 0,
          },
        ];
      }
      const taken: Answer = { type: 'placeTaken' };
      const changed = { ...world, history: { ...history, changes: history.changes + 1 } };
      const outcome = { world: changed, answer: taken, note: () => 'takes a place', idle: false };
      return suspensible(world, outcome, dropped);
    }
    case 'register':
      return registerOutcomes(world, proc);
    case 'requestToken':
      return tokenOutcomes(
        world,
        proc ?? freshProc,
        effect.credentials.clientId,
        proc !== null && dropsNew(proc.state) ? 1 : 0,
      );
    case 'wait':
      return [];
  }
}

function denied(world: World, answer: Answer & { readonly failure: Failure }, excuse: 0 | 1 = 0): Outcome {
  const note = (): string => `is denied: ${answer.failure.code}`;
  return { world: spend(world, 'denial', excuse), answer, note, idle: true };
}

function readOutcomes(system: System, world: World, strong: boolean): readonly Outcome[] {
  const { credentials, token, lease, past, budget } = world;
  const read = (found: Slot<CredentialsRecord>, from: World, how: string): Outcome => ({
    world: from,
    answer: { type: 'recordsRead', credentials: found, token: slotOf(token), lease: slotOf(lease) },
    note: () => {
      const what = found.kind === 'stored' ? pairText(found.record) : found.kind;
      return `reads ${strong ? 'strongly' : 'plainly'}${how} -> ${what}${leaseText(lease)}`;
    },
    idle: true,
  });
  const found: Outcome[] = [read(slotOf(credentials), world, '')];
  if (strong ? !system.strongRead : budget.replica > 0) {
    const from = strong ? world : spend(world, 'replica');
    for (const earlier of past) found.push(read(slotOf(earlier), from, ' from a replica that lags'));
  }
  if (budget.unreadable > 0 && credentials !== null) {
    found.push(read({ kind: 'unreadable', version: credentials.version }, spend(world, 'unreadable'), ''));
  }
  return found;
}

const leaseText = (lease: World['lease']): string =>
  lease === null ? '' : `, ${lease.record.kind} under way`;

function swapped<Value>(cell: Cell<Value> | null, expected: string | null): Swapped<Value> | null {
  return expected === whatever || (cell?.version ?? null) === expected
    ? null
    : { ok: false, current: slotOf(cell) };
}

function newVersion(world: World): string {
  return `v${world.versions + 1}`;
}

type EffectOf<Type extends PendingEffect['type']> = Extract<PendingEffect, { readonly type: Type }>;

function swapLease(world: World, effect: EffectOf<'swapLease'>): Outcome {
  const { expected, next, ttlMs } = effect;
  const what =
    next === null ? 'gives the lease back' : next.kind === 'work' ? 'takes the lease' : 'leaves a cooldown';
  // Deleting what is gone is done.
  const conflict = next === null && world.lease === null ? null : swapped(world.lease, expected);
  if (conflict !== null) {
    return {
      world,
      answer: { type: 'leaseSwapped', result: conflict },
      note: () => `${what}: too late`,
      idle: true,
    };
  }
  if (next === null) {
    const answer = { type: 'leaseSwapped', result: { ok: true, version: null } } as const;
    return { world: { ...world, lease: null }, answer, note: () => what, idle: world.lease === null };
  }
  const version = newVersion(world);
  const lease = { record: next, version, expiresAt: ttlMs === null ? null : world.now + ttlMs };
  return {
    world: { ...world, versions: world.versions + 1, lease },
    answer: { type: 'leaseSwapped', result: { ok: true, version } },
    note: () => what,
    idle: false,
  };
}

function swapCredentials(system: System, world: World, effect: EffectOf<'swapCredentials'>): Outcome {
  const { next } = effect;
  const expected = system.swapCredentials === 'set' ? whatever : effect.expected;
  const old = world.credentials;
  const conflict = swapped(old, expected);
  if (conflict !== null) {
    return {
      world,
      answer: { type: 'credentialsSwapped', result: conflict },
      note: () => `stores ${pairText(next)}: refused, there is ${pairText(old?.record ?? null)}`,
      idle: true,
    };
  }
  if (system.swapCredentials === 'deleteThenSet' && expected !== null && expected !== whatever) {
    const history = storeCredentials(world.history, old, null);
    return {
      world: remember({ ...world, history, credentials: null }, old),
      answer: { type: 'credentialsSwapped', result: { ok: true, version: null } },
      note: () => `deletes ${pairText(old?.record ?? null)}`,
      idle: false,
      rest: { ...effect, expected: whatever },
    };
  }
  const version = newVersion(world);
  const stored: World = {
    ...world,
    versions: world.versions + 1,
    credentials: { record: next, version, expiresAt: null },
    history: storeCredentials(world.history, old, next),
  };
  return {
    world: remember(stored, old, system),
    answer: { type: 'credentialsSwapped', result: { ok: true, version } },
    note: () => `stores ${pairText(next)} in place of ${pairText(old?.record ?? null)}`,
    idle: false,
  };
}

/** A replica may still have `old`, as long as anybody may ask it. */
function remember(world: World, old: Cell<CredentialsRecord> | null, system?: System): World {
  if (world.budget.stale + world.budget.replica === 0 && system?.strongRead !== false) return world;
  if (world.past.some((earlier) => earlier?.version === old?.version)) return world;
  return { ...world, past: [...world.past, old] };
}

function swapToken(world: World, effect: EffectOf<'swapToken'>): Outcome {
  const { expected, next, ttlMs } = effect;
  const conflict = swapped(world.token, expected);
  if (conflict !== null) {
    return {
      world,
      answer: { type: 'tokenSwapped', result: conflict },
      note: () =>
        `stores ${next.accessToken}: refused, there is ${world.token?.record.accessToken ?? 'none'}`,
      idle: true,
    };
  }
  const version = newVersion(world);
  return {
    world: {
      ...world,
      versions: world.versions + 1,
      token: { record: next, version, expiresAt: world.now + ttlMs },
    },
    answer: { type: 'tokenSwapped', result: { ok: true, version } },
    note: () => `stores ${next.accessToken}`,
    idle: false,
  };
}

function registerOutcomes(world: World, proc: Proc | null): readonly Outcome[] {
  const registrations = world.history.registrations + 1;
  const clientId = clientName(registrations);
  const foreign = world.history.foreign | (proc?.elsewhere === true ? clientBit(clientId) : 0);
  const history: History = { ...world.history, registrations, foreign };
  const credentials = { clientId, clientSecret: 'secret', registeredAt: 0, statement: 'statement' };
  const registered: Outcome = {
    world: { ...world, history },
    answer: { type: 'registered', credentials },
    note: () => `registers -> ${clientId}`,
    idle: false,
  };
  if (world.budget.denial === 0) return [registered];
  const refused = { type: 'registrationFailed', failure: failure('software_statement_rejected') } as const;
  const throttled = { type: 'registrationFailed', failure: failure('upstream_throttled') } as const;
  return [registered, denied(world, refused), denied(world, throttled)];
}

/** `dropped`: how many clients are given up if the token cannot be had now. */
function tokenOutcomes(world: World, proc: Proc, clientId: string, dropped: 0 | 1): readonly Outcome[] {
  const { now, budget, history } = world;
  const rejected = { type: 'tokenFailed', failure: failure('client_credentials_rejected') } as const;
  const note = (): string => `asks for a token of ${clientId} -> invalid_client`;
  if (!isKnownTo(proc, history, clientId)) return [{ world, answer: rejected, note, idle: true }];
  const accessToken = tokenName(world.tokens + 1, clientId);
  const found: Outcome[] = [
    {
      world: { ...world, tokens: world.tokens + 1 },
      answer: { type: 'tokenIssued', accessToken, requestedAt: now, lifeMs: tokenLifeMs },
      note: () => `asks for a token of ${clientId} -> ${accessToken}`,
      idle: true,
    },
  ];
  if (budget.refusal > 0) {
    const refused = spend(world, 'refusal', 1);
    found.push({ world: refused, answer: rejected, note: () => `${note()}, though it is alive`, idle: true });
  }
  if (budget.denial > 0) {
    found.push(denied(world, { type: 'tokenFailed', failure: failure('token_refused') }, dropped));
    found.push(denied(world, { type: 'tokenFailed', failure: failure('upstream_throttled') }, dropped));
  }
  return found;
}

/** What the process hears when an effect fails. */
export function failedAnswer(effect: PendingEffect): Answer | null {
  switch (effect.type) {
    case 'readRecords':
    case 'swapLease':
    case 'swapCredentials':
    case 'swapToken':
      return { type: 'cacheFailed', failure: failure('cache_unavailable') };
    case 'register':
      return { type: 'registrationFailed', failure: failure('upstream_unavailable') };
    case 'requestToken':
      return { type: 'tokenFailed', failure: failure('upstream_unavailable') };
    case 'queueToRegister':
    case 'admitRegistration':
    case 'weighRefusal':
    case 'takePlace':
    case 'wait':
      return null;
  }
}

/** The process hears the answer to its effect. */
export function deliver(system: System, world: World, index: number, answer: Answer): World {
  const proc = procAt(world, index);
  const place = movePlace(proc.place, answer);
  return dispatch(
    system,
    world,
    index,
    {
      ...proc,
      pending: null,
      answer: null,
      paused: false,
      slow: false,
      place,
      evidence: weighed(proc, answer),
    },
    answer,
    proc.pending,
  );
}

/** Whoever has come to a verdict, or has obtained a token with the pair that counts, begins anew. */
function weighed({ evidence, pending }: Proc, answer: Answer): number {
  if (answer.type === 'refusalWeighed') return answer.againInMs === null ? 0 : evidence + 1;
  if (answer.type === 'replacementSuspended') return 0;
  const isCounting = pending?.type === 'requestToken' && !pending.isTrial;
  return answer.type === 'tokenIssued' && isCounting ? 0 : evidence;
}

/**
 * A caller comes, as in `DeviceRun.get`: it takes the token in memory, which starts its renewal when that is due,
 * or waits and says so to the machine.
 */
export function arrive(system: System, world: World, index: number, rejected: string | null): World {
  const proc = procAt(world, index);
  const { token } = proc.state.known;
  let next = world;
  if (token !== null && world.now < token.servableUntil) {
    const due = world.now >= token.renewAt;
    if (token.accessToken !== rejected) {
      const history = handOut(world.history, token, rejected, world.now);
      if (history !== world.history) next = { ...next, history };
    }
    if (due && proc.pending === null) next = dispatch(system, next, index, proc, { type: 'tokenNeeded' });
    else if (due && !proc.renewalSeenDue) next = withProc(next, index, { ...proc, renewalSeenDue: true });
    if (token.accessToken !== rejected) return next;
  }
  const waiting = procAt(next, index);
  const callers = waiting.callers.includes(rejected) ? waiting.callers : [...waiting.callers, rejected];
  const event: Answer =
    rejected === null ? { type: 'tokenNeeded' } : { type: 'tokenRejected', accessToken: rejected };
  return dispatch(system, next, index, { ...waiting, callers }, event);
}

/** As `DevicePool` does it for a device at rest. */
export function suspect(system: System, world: World, index: number): World {
  const proc = { ...procAt(world, index), checking: true };
  return dispatch(system, world, index, proc, { type: 'lossSuspected' });
}

/** As `DevicePool` does it for a call that may bind a viewer. */
export function bind(system: System, world: World, index: number): World {
  return dispatch(system, world, index, procAt(world, index), { type: 'confirmNeeded' });
}

/** A viewer has signed in, and an answer shows it: as `DevicePool` does it then. */
export function seeSignIn(system: System, world: World, index: number, clientId: string): World {
  const { history } = world;
  const proc = { ...procAt(world, index), checking: true };
  const next = { ...world, history: { ...history, signedIn: history.signedIn | clientBit(clientId) } };
  return dispatch(system, next, index, proc, { type: 'signInSeen', clientId });
}

/** A viewer has signed out, and the answer shows it: as `DevicePool` does it then. */
export function seeSignOut(system: System, world: World, index: number, clientId: string): World {
  const { history } = world;
  const proc = { ...procAt(world, index), checking: true };
  const next = { ...world, history: { ...history, signedIn: history.signedIn & ~clientBit(clientId) } };
  return dispatch(system, next, index, proc, { type: 'signOutSeen', clientId });
}

/** As `DevicePool` does it for a device at rest, whose token is good. */
export function bearWitness(system: System, world: World, index: number): World {
  return dispatch(system, world, index, procAt(world, index), { type: 'witnessWanted' });
}

/**
 * A viewer signs in with the pair that the process goes by. Before that, the process has made sure that it is the stored
 * one, and has marked it there.
 */
export function signIn(world: World, index: number): World {
  const proc = procAt(world, index);
  const { credentials, history } = world;
  const { known } = proc.state;
  if (credentials === null || known.pair === null) throw new Error('nobody can sign in');
  const marks = { boundAt: signInMark, signedInAt: signInMark };
  const version = newVersion(world);
  const stored = { ...credentials, record: { ...credentials.record, ...marks }, version };
  const pair = { ...known.pair, ...marks };
  const signedIn = history.signedIn | clientBit(pair.clientId);
  const marked = withProc(world, index, {
    ...proc,
    state: { kind: 'resting', known: { ...known, pair, pairVersion: version } },
  });
  const next = { ...marked, versions: world.versions + 1, credentials: stored };
  return remember({ ...next, history: { ...history, signedIn } }, credentials);
}

/** More turns than any run could need within one instant. */
const mostTurns = 8;

/** As `DeviceRun` does it: after each step that ends at rest, whoever still waits asks again. */
function dispatch(
  system: System,
  world: World,
  index: number,
  start: Proc,
  first: Answer,
  answered: PendingEffect | null = null,
): World {
  const { now } = world;
  let { history } = world;
  let proc = start;
  let answer: Answer | null = first;
  for (let turn = 0; answer !== null; turn += 1) {
    if (turn > mostTurns) throw new Violation('liveness: the process asks itself for ever');
    const before: State = proc.state;
    system.visits.count(before, answer.type);
    const { state, effects } = system.transition(before, { ...answer, now }, policy);
    checkMemory(before, state);
    checkReplacing(state, now);
    checkSaid({ before, answer, effects, isChecking: proc.checking, effect: turn === 0 ? answered : null });
    proc = { ...proc, state };
    const named = answer.type === 'tokenRejected' ? answer.accessToken : before.known.rejected;
    for (const effect of effects) {
      if (effect.type === 'deliver') history = handOut(history, effect.token, named, now);
      if (effect.type === 'placeUnused') history = { ...history, changes: Math.max(0, history.changes - 1) };
      proc = takeEffect(proc, effect, world);
    }
    if ((state.kind === 'resting') !== (proc.pending === null)) {
      throw new Violation(
        `liveness: the state is ${state.kind}, and ${proc.pending?.type ?? 'nothing'} is pending`,
      );
    }
    checkPlace(proc);
    if (state.kind === 'resting') proc = proc.checking ? { ...proc, checking: false } : proc;
    answer = state.kind === 'resting' ? atRest(proc) : null;
    if (state.kind === 'resting' && proc.callers.length === 0) proc = { ...proc, renewalSeenDue: false };
  }
  const next = withProc(world, index, proc);
  return history === world.history ? next : { ...next, history };
}

function atRest({ callers, renewalSeenDue }: Proc): Answer | null {
  const [rejected] = callers;
  if (rejected === undefined) return renewalSeenDue ? { type: 'tokenNeeded' } : null;
  return rejected === null ? { type: 'tokenNeeded' } : { type: 'tokenRejected', accessToken: rejected };
}

function takeEffect(proc: Proc, effect: Effect, world: World): Proc {
  switch (effect.type) {
    case 'deliver': {
      const { accessToken } = effect.token;
      const callers = proc.callers.filter((rejected) => rejected === accessToken);
      return { ...proc, callers, handedOut: world.budget.reject > 0 ? accessToken : null };
    }
    case 'fail':
      return { ...proc, callers: [] };
    case 'endAdmission':
      if (!proc.place) throw new Violation('I10: a place to register is given back that nobody holds');
      return { ...proc, place: false };
    case 'pairStored':
    case 'changedPairServed':
    case 'placeUnused':
    case 'pairRestored':
    case 'checkUnanswered':
    case 'unconfirmed':
    case 'report':
      return proc;
    case 'confirmed':
      // Nobody who is about to bind a viewer is held up here: he hears of the store as it is.
      checkConfirmed(proc.state.known.pair, world);
      return proc;
    case 'readRecords':
    case 'swapLease':
    case 'swapCredentials':
    case 'swapToken':
    case 'queueToRegister':
    case 'admitRegistration':
    case 'register':
    case 'requestToken':
    case 'weighRefusal':
    case 'takePlace':
    case 'wait':
      if (proc.pending !== null) {
        throw new Violation(`I5: ${effect.type} is started while ${proc.pending.type} is pending`);
      }
      return { ...proc, pending: effect, due: world.now + longest(effect) };
  }
}

function longest(effect: PendingEffect): number {
  if (effect.type === 'wait') return effect.delayMs;
  return isCall(effect) ? slowCallMs : 0;
}
