import { Fingerprint } from './fingerprint.js';
import type { System } from './interpreter.js';
import { Seen } from './seen.js';
import { settle } from './settle.js';
import { stepsFrom } from './steps.js';
import { initialWorld, Violation, type Budget, type World } from './world.js';

export interface Question {
  readonly processes: number;
  readonly faults: Partial<Budget>;
  /** The path of the last process leads to another Adobe Pass. */
  readonly elsewhere?: boolean;
  /** From one in so many worlds, on average, all faults cease and everything must come to a good end; 0: from none. */
  readonly settleOneIn: number;
  readonly mostStates: number;
}

export interface Verdict {
  readonly states: number;
  readonly steps: number;
  readonly settled: number;
  readonly depth: number;
  /** Why it ended early: too many states. */
  readonly complete: boolean;
  readonly violation: { readonly message: string; readonly trace: readonly string[] } | null;
}

/** Breadth first over every order of events, so that the first counterexample is a shortest one. */
export function explore(system: System, question: Question): Verdict {
  const { processes, faults, elsewhere, settleOneIn, mostStates } = question;
  const start = initialWorld(processes, faults, elsewhere);
  const fingerprint = new Fingerprint();
  const seen = new Seen();
  fingerprint.take(start);
  seen.add(start, fingerprint);
  const parents = new Journal();
  parents.add(-1, 0);
  let level: World[] = [start];
  let first = 0;
  let steps = 0;
  let settled = 0;
  let depth = 0;
  const verdict = (violation: Verdict['violation'], complete: boolean): Verdict => ({
    states: seen.size,
    steps,
    settled,
    depth,
    complete,
    violation,
  });
  while (level.length > 0) {
    const next: World[] = [];
    for (const [offset, world] of level.entries()) {
      const found = stepsFrom(system, world);
      for (const [choice, { to, note }] of found.entries()) {
        steps += 1;
        if (to instanceof Violation) {
          const trace = [...retrace(system, start, parents.path(first + offset)), note()];
          return verdict({ message: to.message, trace }, false);
        }
        fingerprint.take(to);
        if (!seen.add(to, fingerprint)) continue;
        parents.add(first + offset, choice);
        if (settleOneIn > 0 && fingerprint.low % settleOneIn === 0) {
          settled += 1;
          const bad = settle(system, to);
          if (bad !== null) {
            const trace = [
              ...retrace(system, start, parents.path(first + offset)),
              note(),
              'from here on without faults:',
              ...bad.trace,
            ];
            return verdict({ message: bad.message, trace }, false);
          }
        }
        next.push(to);
      }
      if (seen.size > mostStates) return verdict(null, false);
    }
    first += level.length;
    level = next;
    depth += 1;
  }
  return verdict(null, true);
}

/** From which world each was reached, and by which of its steps. */
class Journal {
  #parents: Int32Array = new Int32Array(1 << 16);
  #choices: Uint8Array = new Uint8Array(1 << 16);
  #length = 0;

  add(parent: number, choice: number): void {
    if (this.#length === this.#parents.length) {
      const parents = new Int32Array(this.#length * 2);
      parents.set(this.#parents);
      this.#parents = parents;
      const choices = new Uint8Array(this.#length * 2);
      choices.set(this.#choices);
      this.#choices = choices;
    }
    this.#parents[this.#length] = parent;
    this.#choices[this.#length] = choice;
    this.#length += 1;
  }

  path(last: number): readonly number[] {
    const path: number[] = [];
    for (let at = last; at > 0; at = this.#parents[at] ?? 0) path.push(this.#choices[at] ?? 0);
    return path.toReversed();
  }
}

function retrace(system: System, start: World, path: readonly number[]): readonly string[] {
  const trace: string[] = [];
  let world = start;
  for (const choice of path) {
    const taken = stepsFrom(system, world)[choice];
    if (taken === undefined || taken.to instanceof Violation)
      throw new Error('a path cannot be walked again');
    trace.push(taken.note());
    world = taken.to;
  }
  return trace;
}
