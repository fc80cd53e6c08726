import { transition } from '../src/registration/transition.js';
import { controls } from './controls.js';
import { explore, type Question } from './explore.js';
import type { System } from './interpreter.js';
import { Visits } from './visits.js';
import type { Budget } from './world.js';

const [,, processes = '2', faults = '{}', most='3000000', settle='64'] = process.argv;
const visits = new Visits();
const shipped: System = { transition, swapCredentials: 'swap', strongRead: true, visits };
const q: Question = { processes: Number(processes), faults: JSON.parse(faults === 'v' ? '{}' : faults) as Partial<Budget>, settleOneIn: Number(settle), mostStates: Number(most) };
const t = performance.now();
if (processes === 'c') {
  for (const c of controls) {
    const s = performance.now();
    const v = explore({ ...shipped, visits: new Visits(), ...c.broken }, { processes: c.processes, faults: c.faults, settleOneIn: 0, mostStates: 2000000 });
    console.log(c.name, v.states, v.complete, (performance.now() - s).toFixed(0), v.violation?.message, v.violation?.trace.length);
    if (faults === 'v') console.log(v.violation?.trace.join('\n'));
  }
} else {
const v = explore(shipped, q);
console.log(JSON.stringify(q), v.states, v.steps, v.settled, v.depth, v.complete, ((performance.now() - t) / 1000).toFixed(1), v.violation?.message);
if (v.violation) console.log(v.violation.trace.join('\n'));
if (argvHas('-t')) { console.log(visits.table().join('\n')); console.log(visits.findings()); }
}
function argvHas(x: string): boolean { return process.argv.includes(x); }
