import { describe, expect, test } from 'vitest';
import { findFailureProblems, findStackProblems } from '../packages/failureProblems.mjs';

describe('what a program prints of a wrong setting', () => {
  const expected = { exitCode: 1, says: 'PassError: serviceProvider', ends: /\nNode\.js v[\d.]+\n$/ };
  const output = `core.js:1
throw invalid()

PassError: serviceProvider must be a text
    at invalid (core.js:1:1)

Node.js v20.20.2
`;

  test('is accepted where it begins with the message', () => {
    expect(findFailureProblems({ output, exitCode: 1 }, expected)).toEqual([]);
  });

  test.each([
    ['for its size', { output: output.replace('throw', 'x'.repeat(3_000)) }, 'prints 3'],
    ['where the message comes late', { output: '\n'.repeat(10) + output }, 'does not say'],
    ['where the end is lost', { output: output.slice(0, -10) }, 'prints something that ends in'],
    ['where the program succeeds', { exitCode: 0 }, 'ends with 0, not 1'],
  ])('is refused %s', (_why, change, problem) => {
    const problems = findFailureProblems({ output, exitCode: 1, ...change }, expected);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });
});

describe('a stack trace', () => {
  const source =
    'class Pool { #run() {} read() {} } function one() {} function two() {} const three = four(five);';
  const sourceOf = (file: string) => (file === 'core/src/session/Pool.ts' ? source : undefined);
  const at = (name: string, file = 'session/Pool') =>
    `    at ${name} (/home/me/node_modules/@pass-dcr/core/dist/cjs/${file}.js:1:1)\n`;
  const good = `Error: no
    at Object.read (/home/me/cache.js:12:21)
    at /home/me/node_modules/@pass-dcr/core/dist/cjs/session/Pool.js:10:34
${['#run', 'Pool.read', 'one', 'new two', 'Object.three [as read]', 'four'].map((name) => at(name)).join('')}`;

  test('of six names of ours is accepted', () => {
    expect(findStackProblems(good, sourceOf)).toEqual([]);
    expect(findStackProblems(good.replaceAll('/', '\\'), sourceOf)).toEqual([]);
  });

  test.each([
    ['of five', good.replace(at('four'), ''), 'has 5 names of ours, fewer than 6'],
    ['of five, one of them twice', good.replace('at four', 'at one'), 'has 5 names of ours'],
    ['that only awaits the sixth', good.replace('at four', 'at async four'), 'has 5 names of ours'],
    ['with a name that was mangled', good + at('W'), 'names W, which is not in core/src/session/Pool.ts'],
    ['with a file that was bundled', good + at('one', 'shared'), 'names core/src/shared.ts'],
  ])('%s is refused', (_why, stack, problem) => {
    expect(findStackProblems(stack, sourceOf)).toEqual([expect.stringContaining(problem)]);
  });
});
