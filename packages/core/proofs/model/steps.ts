import type { PendingEffect } from '../../src/registration/effect.js';
import type { State } from '../../src/registration/state.js';
import {
  arrive,
  bearWitness,
  bind,
  deliver,
  failedAnswer,
  type Outcome,
  outcomes,
  pairText,
  seeSignIn,
  seeSignOut,
  signIn,
  spend,
  suspect,
  type System,
} from './interpreter.js';
import { checkCalls, checkRegistrations, isCall } from './invariants.js';
import {
  clientBit,
  freshProc,
  isKnownTo,
  policy,
  type Proc,
  procAt,
  tokenLifeMs,
  Violation,
  withProc,
  type World,
} from './world.js';

/** One thing that can happen next. */
export interface Step {
  readonly note: () => string;
  /** The world after it, or the property that does not hold then. */
  readonly to: World | Violation;
}

/** Everything that can happen next in `world`. */
export function stepsFrom(system: System, world: World): readonly Step[] {
  const steps: Step[] = [];
  const add = (note: () => string, act: () => World): void => {
    steps.push({ note, to: attempt(() => prune(system, act())) });
  };
  const alone = world.procs.findIndex((proc) => standsAlone(proc, world.now));
  if (alone !== -1) {
    runEffect(system, world, alone, add);
    callers(system, world, alone, add);
    if (world.budget.pause > 0) passTime(world, add);
    return steps;
  }
  for (let index = 0; index < world.procs.length; index += 1) {
    runEffect(system, world, index, add);
    crash(system, world, index, add);
    callers(system, world, index, add);
  }
  environment(system, world, add);
  passTime(world, add);
  return steps;
}

type Add = (note: () => string, act: () => World) => void;

export function attempt(act: () => World): World | Violation {
  try {
    const world = act();
    checkRegistrations(world.history);
    checkCalls(world);
    return world;
  } catch (error) {
    // What the machine throws itself is a violation as well: it met an event that it takes for impossible.
    return error instanceof Violation ? error : new Violation(`the machine throws: ${String(error)}`);
  }
}

/**
 * The next step of such a process touches nothing but itself, so that its order among the steps of others makes no
 * difference: it goes first, and the others are tried after it. Callers may come before, and it may be held up instead.
 */
function standsAlone(proc: Proc, now: number): boolean {
  if (proc.paused || proc.pending === null || proc.answer !== null) return false;
  switch (proc.pending.type) {
    case 'queueToRegister':
    case 'admitRegistration':
    case 'weighRefusal':
      return true;
    case 'wait':
      return proc.due <= now;
    default:
      return false;
  }
}

export function runEffect(system: System, world: World, index: number, add: Add, settling = false): void {
  const proc = procAt(world, index);
  const { pending, answer } = proc;
  if (pending === null) return;
  const who = `P${index}`;
  if (answer !== null) {
    // To be held up for no time at all is what hearing of it at once amounts to.
    if (!proc.paused && !settling) return;
    add(
      () => `${who} wakes up and hears of it`,
      () => deliver(system, world, index, answer),
    );
    return;
  }
  if (pending.type === 'wait') {
    if (proc.due > world.now) return;
    const wanted = proc.callers.length > 0;
    add(
      () => `${who} has waited`,
      () => deliver(system, world, index, { type: 'waited', wanted }),
    );
    return;
  }
  let found: readonly Outcome[];
  try {
    found = outcomes(system, world, pending, proc);
  } catch (error) {
    add(
      () => `${who} ${describe(pending)}`,
      () => {
        throw error;
      },
    );
    return;
  }
  for (const outcome of found) {
    const note = (): string => `${who} ${outcome.note()}`;
    const { rest } = outcome;
    if (rest !== undefined) {
      add(note, () => withProc(outcome.world, index, { ...proc, pending: rest }));
      continue;
    }
    add(note, () => deliver(system, outcome.world, index, outcome.answer));
    if (proc.paused) {
      add(
        () => `${note()}, and does not hear of it`,
        () => withProc(outcome.world, index, { ...proc, answer: outcome.answer }),
      );
    } else if (!settling && mayHoldUp(world)) {
      add(
        () => `${note()}, and will be held up before it hears of it`,
        () => withProc(outcome.world, index, { ...proc, slow: false, answer: outcome.answer }),
      );
    }
    if (world.budget.crash > 0 && !outcome.idle) {
      add(
        () => `${note()}, and crashes`,
        () => withProc(spend(outcome.world, 'crash', 1), index, freshProc),
      );
    }
  }
  lose(system, world, index, found[0], add);
}

/** An answer on hold is paid for when time passes over it. */
const mayHoldUp = ({ budget, procs }: World): boolean =>
  budget.pause > procs.filter(({ answer, paused }) => answer !== null && !paused).length;

function mayComeLate(system: System, world: World, effect: PendingEffect): boolean {
  if (world.underWay !== null) return false;
  if (effect.type === 'swapCredentials') return true;
  return system.lateWrites === 'all' && (effect.type === 'swapLease' || effect.type === 'swapToken');
}

/** Forgets a late write that can never succeed: a version that is gone does not come back, but by a stale promotion. */
function prune(system: System, world: World): World {
  const { underWay, credentials, token, lease, past, budget } = world;
  if (underWay === null || !('expected' in underWay)) return world;
  const { type, expected } = underWay;
  const same = (cell: { readonly version: string } | null): boolean => (cell?.version ?? null) === expected;
  if (type !== 'swapCredentials') {
    return expected === null || same(type === 'swapLease' ? lease : token)
      ? world
      : { ...world, underWay: null };
  }
  const possible =
    system.swapCredentials !== 'swap' ||
    same(credentials) ||
    (budget.stale > 0 && past.some((cell) => same(cell)));
  return possible ? world : { ...world, underWay: null };
}

function lose(system: System, world: World, index: number, outcome: Outcome | undefined, add: Add): void {
  const { pending } = procAt(world, index);
  if (world.budget.lost === 0 || pending === null) return;
  const answer = failedAnswer(pending);
  if (answer === null) return;
  const { state } = procAt(world, index);
  const inner = state.kind === 'extendingLease' ? state.next : state;
  // A client that nobody heard of is lost, and so is a replacement that is given up half-way. A first pair whose writing
  // failed is kept, but after two failures so is the device's chance to be registered by somebody else.
  // Neither a failed read nor a failed token is a reason to register.
  const givenUp = state.known.unpublished !== null && 'run' in inner && inner.run.storeAttempts > 0;
  const excuse = pending.type === 'register' || 'suspect' in inner || givenUp ? 1 : 0;
  const lost = (from: World): World => {
    const spent = spend(from, 'lost', excuse);
    return { ...spent, history: { ...spent.history, calm: false } };
  };
  const what = `P${index} ${describe(pending)}`;
  add(
    () => `${what}: fails, not done`,
    () => deliver(system, lost(world), index, answer),
  );
  if (outcome !== undefined && !outcome.idle) {
    add(
      () => `P${index} ${outcome.note()}, and the answer is lost`,
      () => deliver(system, lost(outcome.world), index, answer),
    );
  }
  if (mayComeLate(system, world, pending)) {
    add(
      () => `${what}: fails, and is still under way`,
      () => deliver(system, { ...lost(world), underWay: pending }, index, answer),
    );
  }
}

function crash(system: System, world: World, index: number, add: Add): void {
  const proc = procAt(world, index);
  if (world.budget.crash === 0 || proc === freshProc) return;
  // It could as well have crashed before it was put on hold.
  if (proc.answer !== null && !proc.paused) return;
  const crashed = withProc(spend(world, 'crash', 1), index, freshProc);
  if (proc.handedOut !== null) {
    // As when the pool evicts the session: the request that has the token lives on, and may yet meet a 401.
    add(
      () => `P${index} forgets the device`,
      () => withProc(crashed, index, { ...freshProc, handedOut: proc.handedOut }),
    );
  }
  add(
    () => `P${index} crashes`,
    () => crashed,
  );
  const { pending, answer } = proc;
  if (pending === null || answer !== null || !mayComeLate(system, world, pending)) return;
  add(
    () => `P${index} crashes; what it sent is still under way: ${describe(pending)}`,
    () => ({ ...crashed, underWay: pending }),
  );
}

function callers(system: System, world: World, index: number, add: Add): void {
  const proc = procAt(world, index);
  const { budget } = world;
  // A process that is held up hears no callers either.
  if (proc.paused || proc.answer !== null) return;
  const { token } = proc.state.known;
  const served = token !== null && world.now < token.servableUntil;
  if (served || !proc.callers.includes(null)) {
    add(
      () => `a caller comes to P${index}${served ? ' and takes the token in memory' : ''}`,
      () => arrive(system, world, index, null),
    );
  } else {
    // It changes nothing, which has to be so: one more among those who wait.
    system.visits.count(proc.state, 'tokenNeeded');
    const { state, effects } = system.transition(proc.state, { type: 'tokenNeeded', now: world.now }, policy);
    if (state !== proc.state || effects.length > 0) {
      add(
        () => `another caller comes to P${index}`,
        () => {
          throw new Violation('liveness: one more caller disturbs the work that the others wait for');
        },
      );
    }
  }
  const { kind, known } = proc.state;
  if (budget.recheck > 0 && kind === 'resting' && (known.pair ?? known.unpublished) !== null) {
    add(
      () => `P${index} looks whether its pair is still there`,
      () => suspect(system, spend(world, 'recheck'), index),
    );
  }
  if (kind === 'resting' && known.pair !== null) {
    const { clientId } = known.pair;
    // A replacement that meets the mark begins again.
    if (budget.bind > 0) {
      add(
        () => `P${index} is about to make a call that may bind a viewer`,
        () => bind(system, spend(world, 'bind', 1), index),
      );
    }
    if (budget.show > 0) {
      add(
        () => `P${index} sees a sign-in on ${clientId}`,
        () => seeSignIn(system, spend(world, 'show', 1), index, clientId),
      );
      add(
        () => `P${index} sees a sign-out from ${clientId}`,
        () => seeSignOut(system, spend(world, 'show', 1), index, clientId),
      );
    }
  }
  if (budget.signIn > 0 && maySignIn(world, proc)) {
    add(
      () => `a viewer signs in at P${index}`,
      () => signIn(spend(world, 'signIn'), index),
    );
  }
  if (budget.witness > 0 && kind === 'resting' && known.token !== null) {
    add(
      () => `P${index} renews its token early`,
      () => bearWitness(system, spend(world, 'witness'), index),
    );
  }
  const { handedOut } = proc;
  if (budget.reject > 0 && handedOut !== null) {
    add(
      () => `a caller comes to P${index}: a 401 names ${handedOut}`,
      () => arrive(system, spend(world, 'reject'), index, handedOut),
    );
  }
  if (budget.leave > 0 && proc.callers.length > 0) {
    add(
      () => `the callers of P${index} go away`,
      () => withProc(spend(world, 'leave'), index, { ...proc, callers: [] }),
    );
  }
}

export function environment(system: System, world: World, add: Add): void {
  const { budget, credentials, underWay } = world;
  if (underWay !== null) {
    const [outcome] = attemptOutcomes(system, { ...world, underWay: null }, underWay);
    if (outcome instanceof Violation) {
      add(
        () => `late, somebody ${describe(underWay)}`,
        () => {
          throw outcome;
        },
      );
    } else if (outcome !== undefined) {
      add(
        () => `late, somebody ${outcome.note()}`,
        () => outcome.world,
      );
    }
  }
  if (budget.kill > 0) {
    for (const clientId of clientsInUse(world)) {
      const spent = spend(world, 'kill', 1);
      const history = { ...spent.history, killed: spent.history.killed | clientBit(clientId) };
      add(
        () => `Adobe Pass revokes ${clientId}`,
        () => ({ ...spent, history }),
      );
    }
  }
  if (budget.forget > 0) {
    const { history } = world;
    const all = (1 << (history.registrations + 1)) - 2;
    if (history.forgotten !== 0) {
      const spent = spend(world, 'forget');
      add(
        () => 'Adobe Pass remembers those it had forgotten',
        () => ({ ...spent, history: { ...spent.history, forgotten: 0 } }),
      );
    } else if (budget.forget > 1 && history.registrations > 0) {
      const spent = spend(world, 'forget', 1);
      const everForgotten = history.everForgotten | all;
      add(
        () => 'Adobe Pass forgets everybody',
        () => ({ ...spent, history: { ...spent.history, forgotten: all, everForgotten } }),
      );
    }
  }
  if (budget.stale > 0) {
    for (const earlier of world.past) {
      if (earlier?.version === credentials?.version) continue;
      const spent = spend(world, 'stale', 1);
      const lost: World = {
        ...spent,
        credentials: earlier,
        past: spent.past.length === 0 ? spent.past : withoutVersion([...spent.past, credentials], earlier),
        history: { ...spent.history, destroyed: true },
      };
      const note = (): string => `the store falls back to ${pairText(earlier?.record ?? null)}`;
      add(note, () => lost);
      if (world.lease !== null) {
        add(
          () => `${note()} and forgets the lease`,
          () => withoutLease(lost),
        );
      }
    }
  }
}

/** With a pair that is stored, and that Adobe Pass knows. */
function maySignIn({ credentials, history, now }: World, proc: Proc): boolean {
  const { kind, known } = proc.state;
  const { pair, token } = known;
  if (kind !== 'resting' || pair === null || token === null || now >= token.servableUntil) return false;
  return credentials?.record.clientId === pair.clientId && isKnownTo(proc, history, pair.clientId);
}

/** Two processes may then be at it at once, each with a registration of its own. */
function withoutLease(world: World): World {
  const { history } = world;
  return { ...world, lease: null, history: { ...history, calm: false, excuses: history.excuses + 1 } };
}

function withoutVersion(past: World['past'], current: World['credentials']): World['past'] {
  return past.filter((earlier) => earlier?.version !== current?.version);
}

function attemptOutcomes(
  system: System,
  world: World,
  effect: PendingEffect,
): readonly (Outcome | Violation)[] {
  try {
    return outcomes(system, world, effect, null);
  } catch (error) {
    if (error instanceof Violation) return [error];
    throw error;
  }
}

/** Those of which anything could still depend on being alive. */
function clientsInUse(world: World): ReadonlySet<string> {
  const used = new Set<string>();
  if (world.credentials !== null) used.add(world.credentials.record.clientId);
  for (const { state } of world.procs) {
    const { pair, unpublished } = state.known;
    const inner = state.kind === 'extendingLease' ? state.next : state;
    if (pair !== null) used.add(pair.clientId);
    if (unpublished !== null) used.add(unpublished.clientId);
    if ('replacement' in inner) used.add(inner.replacement.clientId);
  }
  for (const clientId of used) {
    if ((world.history.killed & clientBit(clientId)) !== 0) used.delete(clientId);
  }
  return used;
}

/** Whoever has something to do, and does not do it now, is held up, or makes a slow call. */
function passTime(world: World, add: Add): void {
  let from = world;
  const late: string[] = [];
  for (const [index, proc] of world.procs.entries()) {
    if (!isBusy(proc, world.now)) continue;
    const slow = from.budget.slow > 0 && isCall(proc.pending) && proc.answer === null && world.now < proc.due;
    if (!slow && from.budget.pause === 0) return;
    late.push(slow ? `P${index} makes a slow call` : `P${index} is held up`);
    from = withProc(spend(from, slow ? 'slow' : 'pause', slow ? 0 : 1), index, {
      ...proc,
      slow,
      paused: !slow,
    });
    if (!slow) from = { ...from, history: { ...from.history, calm: false } };
  }
  const at = nextInstant(from);
  if (at === null) return;
  add(
    () => [`${(at - world.now) / 1000} s pass`, ...late].join(', '),
    () => advance(from, at),
  );
}

export function isBusy({ pending, paused, slow, due }: Proc, now: number): boolean {
  return pending !== null && !paused && ((!slow && pending.type !== 'wait') || due <= now);
}

export function advance(world: World, now: number): World {
  const { token, lease } = world;
  const gone = (cell: { readonly expiresAt: number | null } | null): boolean =>
    cell !== null && cell.expiresAt !== null && cell.expiresAt <= now;
  return { ...world, now, token: gone(token) ? null : token, lease: gone(lease) ? null : lease };
}

/** The next instant that anything names; `null`: there is none. */
export function nextInstant(world: World): number | null {
  const { now } = world;
  let next = Infinity;
  const name = (at: number | null | undefined): void => {
    if (at !== null && at !== undefined && at > now && at < next) next = at;
  };
  for (const proc of world.procs) {
    if (proc.pending?.type === 'wait' || proc.slow) name(proc.due);
    const { token, forcedAt } = proc.state.known;
    name(token?.renewAt);
    name(token?.servableUntil);
    name(token?.expiresAt);
    if (world.budget.reject > 0 && forcedAt !== null) name(forcedAt + policy.forcedRefreshIntervalMs);
    // From here on the process would have to extend its lease before it calls.
    if (proc.paused) name(leaseUntil(proc.state) - policy.leaseMs / 2);
  }
  name(world.lease?.expiresAt);
  if (world.token !== null) {
    const { issuedAt, expiresAt } = world.token.record;
    name(issuedAt + tokenLifeMs * policy.renewFrom);
    name(expiresAt - tokenLifeMs * policy.expiryMarginPart);
    name(expiresAt);
  }
  return next === Infinity ? null : next;
}

function leaseUntil(state: State): number {
  const inner = state.kind === 'extendingLease' ? state.next : state;
  return 'lease' in inner && inner.lease !== null ? inner.lease.until : 0;
}

function describe(effect: PendingEffect): string {
  switch (effect.type) {
    case 'readRecords':
      return effect.strong ? 'reads strongly' : 'reads plainly';
    case 'swapLease':
      return effect.next === null ? 'gives the lease back' : 'takes the lease';
    case 'swapCredentials':
      return `stores ${pairText(effect.next)}`;
    case 'swapToken':
      return `stores ${effect.next.accessToken}`;
    case 'register':
      return 'registers';
    case 'requestToken':
      return `asks for a token of ${effect.credentials.clientId}`;
    case 'queueToRegister':
    case 'admitRegistration':
    case 'weighRefusal':
    case 'takePlace':
    case 'wait':
      return effect.type;
  }
}
