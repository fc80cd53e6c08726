import { signInOf } from '../../src/registration/earlier.js';
import { arrive, type System } from './interpreter.js';
import { advance, attempt, environment, isBusy, nextInstant, runEffect, type Step } from './steps.js';
import { clientBit, nothing, procAt, tokenLifeMs, Violation, type World } from './world.js';

export interface BadEnd {
  readonly message: string;
  readonly trace: readonly string[];
}

const mostSteps = 400;

/**
 * Faults cease, nobody is held up any longer than it takes the others to finish, and every step is taken as soon as it
 * can be. Then whoever waits is answered; and after everybody has asked for a fresh token three times over, all agree
 * with the store on one pair, which is alive.
 */
export function settle(system: System, from: World): BadEnd | null {
  const trace: string[] = [];
  const procs = from.procs.map((proc) => ({ ...proc, elsewhere: false }));
  const signedIn = signedInAnywhere(from);
  // A day passes.
  const history = { ...from.history, changes: 0 };
  let world: World = { ...from, procs, history, budget: nothing, past: [] };
  const bad = (message: string): BadEnd => ({ message, trace });
  try {
    world = finish(system, world, trace);
    for (let round = 0; round < 3; round += 1) {
      trace.push('the tokens expire');
      world = advance(world, world.now + tokenLifeMs);
      for (let index = 0; index < world.procs.length; index += 1) {
        trace.push(`a caller comes to P${index}`);
        world = finish(system, arrive(system, world, index, null), trace);
      }
    }
  } catch (error) {
    if (error instanceof Violation) return bad(error.message);
    throw error;
  }
  const stored = world.credentials?.record.clientId;
  if (stored === undefined) return bad('liveness: in the end nothing is stored');
  for (const [index, { state }] of world.procs.entries()) {
    const clientId = state.known.pair?.clientId;
    if (clientId === stored) continue;
    return bad(`liveness: in the end P${index} goes by ${clientId ?? 'nothing'}, and the store by ${stored}`);
  }
  const { killed, forgotten, foreign } = world.history;
  const unknown = killed | forgotten | foreign;
  if ((unknown & clientBit(stored)) !== 0) {
    return bad(`liveness: in the end everybody goes by ${stored}, which Adobe Pass does not know`);
  }
  if (
    (signedIn & from.history.signedIn & ~unknown) !== 0 &&
    (world.history.signedIn & clientBit(stored)) === 0
  ) {
    return bad(`I13: in the end everybody goes by ${stored}, and nobody by the pair with the sign-in`);
  }
  return null;
}

/** The clients of which a memory or the store knows that a viewer has signed in with them. */
function signedInAnywhere({ procs, credentials }: World): number {
  const records = [...procs.map(({ state }) => state.known.pair), credentials?.record ?? null];
  return records
    .flatMap((record) => (record === null ? [] : [record, ...record.earlier]))
    .filter((pair) => signInOf(pair) !== null)
    .reduce((bits, { clientId }) => bits | clientBit(clientId), 0);
}

/** Until nobody waits and nothing is under way. */
function finish(system: System, from: World, trace: string[]): World {
  let world = from;
  for (let count = 0; count < mostSteps; count += 1) {
    const next = nextStep(system, world, trace);
    if (next === null) {
      for (const [index, { callers }] of world.procs.entries()) {
        if (callers.length > 0) throw new Violation(`liveness: a caller of P${index} waits for nothing`);
      }
      return world;
    }
    world = next;
  }
  throw new Violation('liveness: it does not come to an end');
}

/** Those who can go on do, before time passes; who is held up wakes last, and a late write comes after everything. */
function nextStep(system: System, world: World, trace: string[]): World | null {
  const { now, procs } = world;
  const busy = procs.findIndex((proc) => isBusy(proc, now));
  if (busy !== -1) return goOn(system, world, busy, trace);
  if (procs.some(({ pending, paused }) => pending !== null && !paused)) {
    const at = nextInstant(world);
    if (at === null) throw new Violation('liveness: somebody waits for an instant that never comes');
    trace.push(`${(at - now) / 1000} s pass`);
    return advance(world, at);
  }
  const held = procs.findIndex(({ paused }) => paused);
  if (held !== -1) {
    const { pending, due } = procAt(world, held);
    return goOn(system, pending?.type === 'wait' && due > now ? advance(world, due) : world, held, trace);
  }
  return world.underWay === null ? null : writeLate(system, world, trace);
}

function goOn(system: System, world: World, index: number, trace: string[]): World {
  const steps: Step[] = [];
  runEffect(system, world, index, (note, act) => steps.push({ note, to: attempt(act) }), true);
  return take(steps[0], trace);
}

function writeLate(system: System, world: World, trace: string[]): World {
  const steps: Step[] = [];
  environment(system, world, (note, act) => steps.push({ note, to: attempt(act) }));
  return take(steps[0], trace);
}

function take(step: Step | undefined, trace: string[]): World {
  if (step === undefined) throw new Violation('liveness: something is pending, and nothing can happen');
  trace.push(step.note());
  if (step.to instanceof Violation) throw step.to;
  return step.to;
}
