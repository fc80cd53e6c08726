import { argv, exit, stdout } from 'node:process';
import { transition } from '../src/registration/transition.js';
import { controls } from './controls.js';
import { explore, type Question, type Verdict } from './explore.js';
import type { System } from './interpreter.js';
import { Visits } from './visits.js';
import type { Budget } from './world.js';

/** The numbers of processes and the faults among which the machine is explored. */
const asked: readonly (readonly [number, Partial<Budget>])[] = [
  [1, { crash: 1, stale: 1, reject: 1 }],
  [2, {}],
  [2, { pause: 1, crash: 1 }],
  [2, { pause: 1, lost: 1 }],
  [2, { pause: 1, kill: 1 }],
  [2, { pause: 1, stale: 1 }],
  [2, { crash: 1, lost: 1, kill: 1 }],
  [2, { crash: 1, kill: 1, stale: 1 }],
  [2, { lost: 1, stale: 1 }],
  [2, { kill: 2, crash: 1 }],
  [2, { lost: 2 }],
  [2, { refusal: 2, kill: 1 }],
  [2, { denial: 1, refusal: 2 }],
  [2, { denial: 1, reject: 1, leave: 1 }],
  [2, { denial: 1, kill: 1, leave: 1 }],
  [2, { reject: 1, kill: 1 }],
  [2, { reject: 2 }],
  [2, { replica: 1, unreadable: 1, crash: 1, kill: 1 }],
  [3, { pause: 1 }],
  [3, { crash: 1, lost: 1 }],
  [3, { crash: 1, kill: 1 }],
  [3, { lost: 1, kill: 1 }],
  [3, { stale: 1 }],
];

const five = ['pause', 'crash', 'lost', 'kill', 'stale'] as const;

/** Every three of the five faults among two processes, and every two among three; late writes of every kind. */
function askedInDepth(): readonly (readonly [number, Partial<Budget>])[] {
  const threes = five.flatMap((one, at) =>
    five
      .slice(at + 1)
      .flatMap((two, after) =>
        five.slice(at + after + 2).map((three) => ({ [one]: 1, [two]: 1, [three]: 1 })),
      ),
  );
  const twos = five.flatMap((one, at) => five.slice(at + 1).map((two) => ({ [one]: 1, [two]: 1 })));
  return [
    ...asked,
    ...threes.map((faults): readonly [number, Partial<Budget>] => [2, faults]),
    ...twos.map((faults): readonly [number, Partial<Budget>] => [3, faults]),
  ];
}

const deep = argv.includes('--deep');
const limits = { settleOneIn: 64, mostStates: deep ? 12_000_000 : 2_000_000 };

const say = (line: string): void => void stdout.write(`${line}\n`);
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const count = (number: number): string => number.toLocaleString('en').replaceAll(',', ' ');

function faultsText(faults: Partial<Budget>): string {
  const texts = Object.entries(faults).map(([fault, times]) => (times === 1 ? fault : `${times} x ${fault}`));
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
  lateWrites: deep ? 'all' : 'credentials',
  visits,
};

let states = 0;
let steps = 0;
let settled = 0;
say('The shipped machine');
for (const [processes, faults] of deep ? askedInDepth() : asked) {
  const since = performance.now();
  const question: Question = { processes, faults, ...limits };
  const verdict = explore(shipped, question);
  states += verdict.states;
  steps += verdict.steps;
  settled += verdict.settled;
  const name = `${processes} process${processes === 1 ? '' : 'es'}, ${faultsText(faults)}`;
  const numbers = `${count(verdict.states).padStart(10)} states ${count(verdict.steps).padStart(11)} steps`;
  say(`  ${name.padEnd(56)}${numbers}  depth ${String(verdict.depth).padStart(2)}  ${seconds(since)}`);
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
for (const { name, broken, processes, faults } of controls) {
  const system: System = { ...shipped, lateWrites: 'credentials', visits: new Visits(), ...broken };
  const verdict = explore(system, { processes, faults, settleOneIn: 0, mostStates: 2_000_000 });
  say(`  ${name} (${faultsText(faults)}; ${count(verdict.states)} states)`);
  if (verdict.violation === null) {
    problems.push(`not found out: ${name}`);
    say('    NOT FOUND OUT');
    continue;
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
exit(problems.length === 0 ? 0 : 1);
