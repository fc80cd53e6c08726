import { argv, stdout } from 'node:process';
import { transition } from '../../src/registration/transition.js';
import { controls } from './controls.js';
import { explore, type Question, type Verdict } from './explore.js';
import type { System } from './interpreter.js';
import { Visits } from './visits.js';
import type { Budget } from './world.js';

interface Asked {
  readonly processes: number;
  readonly faults: Partial<Budget>;
  readonly lateWrites: System['lateWrites'];
  readonly elsewhere?: boolean;
}

const ask = (processes: number, faults: Partial<Budget>): Asked => ({
  processes,
  faults,
  lateWrites: 'credentials',
});

/** The path of one of them leads to another Adobe Pass. */
const astray = (processes: number, faults: Partial<Budget>): Asked => ({
  ...ask(processes, faults),
  elsewhere: true,
});

/** Among how many processes, and with which faults, the machine is explored. */
const asked: readonly Asked[] = [
  ask(1, { crash: 1, stale: 1, reject: 1 }),
  ask(1, { bind: 2, lost: 2, reject: 1 }),
  ask(2, {}),
  ask(2, { pause: 1, crash: 1 }),
  ask(2, { pause: 1, lost: 1 }),
  ask(2, { pause: 1, kill: 1 }),
  ask(2, { pause: 1, stale: 1 }),
  ask(2, { crash: 1, lost: 1, kill: 1 }),
  ask(2, { crash: 1, stale: 1 }),
  ask(2, { kill: 1, stale: 1 }),
  ask(2, { lost: 1, stale: 1 }),
  ask(2, { kill: 2, crash: 1 }),
  ask(2, { lost: 2 }),
  ask(2, { slow: 3, kill: 1 }),
  ask(2, { refusal: 2, kill: 1 }),
  ask(2, { denial: 1, refusal: 2 }),
  ask(2, { witness: 2, kill: 1 }),
  ask(2, { witness: 1, stale: 1 }),
  ask(2, { kill: 2, reject: 1 }),
  ask(2, { forget: 2, signIn: 1 }),
  ask(2, { signIn: 1, stale: 2 }),
  ask(2, { signIn: 1, kill: 1, stale: 1 }),
  astray(2, { signIn: 1 }),
  astray(2, { kill: 1, crash: 1 }),
  ask(2, { kill: 2, refusal: 1 }),
  ask(2, { kill: 2, denial: 1 }),
  ask(2, { denial: 1, reject: 1, leave: 1 }),
  ask(2, { denial: 1, kill: 1, leave: 1 }),
  ask(2, { reject: 1, kill: 1 }),
  ask(2, { reject: 2 }),
  ask(2, { replica: 1, unreadable: 1, crash: 1, kill: 1 }),
  ask(2, { stale: 1, recheck: 2 }),
  ask(2, { stale: 1, recheck: 1, kill: 1 }),
  ask(2, { stale: 1, recheck: 1, lost: 1 }),
  ask(2, { recheck: 1, stale: 1, reject: 1 }),
  ask(2, { recheck: 1, pause: 1 }),
  ask(2, { recheck: 2, crash: 1, unreadable: 1 }),
  ask(2, { bind: 2 }),
  ask(2, { bind: 1, lost: 1 }),
  ask(2, { bind: 1, kill: 1 }),
  ask(2, { bind: 1, stale: 1 }),
  ask(2, { bind: 1, show: 1 }),
  ask(2, { show: 1, stale: 1 }),
  ask(3, { pause: 1 }),
  ask(3, { crash: 1, lost: 1 }),
  ask(3, { crash: 1, kill: 1 }),
  ask(3, { stale: 1 }),
  ask(3, { slow: 2, kill: 1 }),
];

const five = ['pause', 'crash', 'lost', 'kill', 'stale'] as const;

/** Every three of the five faults among two processes, every two among three, and late writes of every kind. */
function askedInDepth(): readonly Asked[] {
  const twos = five.flatMap((one, at) => five.slice(at + 1).map((two) => [one, two] as const));
  const threes = twos.flatMap(([one, two]) =>
    five.slice(five.indexOf(two) + 1).map((three) => [one, two, three]),
  );
  const once = (faults: readonly string[]): Partial<Budget> =>
    Object.fromEntries(faults.map((fault) => [fault, 1]));
  return [
    ...[...asked, ask(2, { crash: 1, kill: 1, stale: 1 })].map((each): Asked => ({
      ...each,
      lateWrites: 'all',
    })),
    ask(2, { show: 2, stale: 1 }),
    ask(2, { forget: 2, signIn: 1, stale: 1 }),
    ask(3, { signIn: 1, stale: 1 }),
    ask(2, { witness: 1, pause: 1 }),
    ask(2, { signIn: 2, stale: 1, crash: 1 }),
    ask(2, { forget: 2, signIn: 2, kill: 1 }),
    astray(2, { signIn: 1, stale: 1 }),
    ...threes.map((faults) => ask(2, once(faults))),
    ...twos.map((faults) => ask(3, once(faults))),
  ];
}

/** Explores, counts and finds out; says what comes of it, and whether all is well. */
export function check(): boolean {
  const deep = argv.includes('--deep');
  const limits = { settleOneIn: deep ? 8 : 64, mostStates: deep ? 12_000_000 : 1_000_000 };

  const say = (line: string): void => void stdout.write(`${line}\n`);
  const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  const count = (number: number): string => number.toLocaleString('en').replaceAll(',', ' ');

  function faultsText(faults: Partial<Budget>): string {
    const texts = Object.entries(faults).map(([fault, times]) =>
      times === 1 ? fault : `${times} x ${fault}`,
    );
    return texts.length === 0 ? 'no faults' : texts.join(', ');
  }

  function sayTrace(violation: Verdict['violation'], indent: string): void {
    for (const [index, line] of (violation?.trace ?? []).entries()) {
      say(`${indent}${String(index + 1).padStart(2)}. ${line}`);
    }
  }

  const started = performance.now();
  const problems: string[] = [];
  const visits = new Visits();
  const shipped: System = {
    transition,
    swapCredentials: 'swap',
    strongRead: true,
    witnesses: true,
    lateWrites: 'credentials',
    visits,
  };

  let states = 0;
  let steps = 0;
  let settled = 0;
  say('The shipped machine');
  for (const { processes, faults, lateWrites, elsewhere = false } of deep ? askedInDepth() : asked) {
    const since = performance.now();
    const question: Question = { processes, faults, elsewhere, ...limits };
    const verdict = explore({ ...shipped, lateWrites }, question);
    states += verdict.states;
    steps += verdict.steps;
    settled += verdict.settled;
    const name = `${processes} process${processes === 1 ? '' : 'es'}, ${faultsText(faults)}${elsewhere ? ', one astray' : ''}${lateWrites === 'all' ? ', late writes' : ''}`;
    const numbers = `${count(verdict.states).padStart(10)} states ${count(verdict.steps).padStart(11)} steps`;
    say(`  ${name.padEnd(64)}${numbers}  depth ${String(verdict.depth).padStart(2)}  ${seconds(since)}`);
    if (verdict.violation !== null) {
      problems.push(`${name}: ${verdict.violation.message}`);
      say(`    ${verdict.violation.message}`);
      sayTrace(verdict.violation, '    ');
    } else if (!verdict.complete) {
      problems.push(`${name}: more than ${count(limits.mostStates)} states`);
      say('    not finished');
    }
  }

  say('');
  say('How often each kind of state met each type of event');
  for (const line of visits.table()) say(line);
  say(
    `  ${visits.impossible} other pairs are impossible, because no state of that kind awaits that answer: the machine throws.`,
  );
  problems.push(...visits.findings());

  say('');
  say('Controls: broken on purpose, to be found out');
  let found = 0;
  for (const { name, by, broken, processes, faults, elsewhere = false } of controls) {
    const system: System = { ...shipped, visits: new Visits(), ...broken };
    const verdict = explore(system, {
      processes,
      faults,
      elsewhere,
      // What is only wrong in the end is found there alone.
      settleOneIn: by === 'I13' || by === 'liveness' ? 1 : 0,
      mostStates: 2_000_000,
    });
    say(`  ${name} (${faultsText(faults)}; ${count(verdict.states)} states)`);
    if (verdict.violation === null) {
      problems.push(`not found out: ${name}`);
      say('    NOT FOUND OUT');
      continue;
    }
    if (!verdict.violation.message.startsWith(`${by}: `)) {
      problems.push(`not found out by ${by}: ${name}: ${verdict.violation.message}`);
    }
    found += 1;
    say(`    ${verdict.violation.message}`);
    sayTrace(verdict.violation, '    ');
  }

  say('');
  for (const problem of problems) say(`PROBLEM ${problem}`);
  say(
    `model: ${problems.length} problems, ${count(states)} states, ${count(steps)} steps, ` +
      `${count(settled)} followed to the end, ${found} of ${controls.length} controls found, ${seconds(started)}`,
  );
  return problems.length === 0;
}
