// What a README tells its reader to do, as data.

/** @typedef {{ heading: string, installs: string[], program: string }} FirstCall */

/**
 * The sections of a README that begin with an installation and have a program.
 * @param {string} markdown @returns {FirstCall[]}
 */
export function firstCalls(markdown) {
  return markdown
    .split(/^(?=##+ )/m)
    .map((section) => ({
      heading: /^##+ (.+)/.exec(section)?.[1] ?? '',
      installs: [...section.matchAll(/^npm (install .+)$/gm)].map(([, install = '']) => install),
      program: /^```ts\n([\s\S]*?)^```$/m.exec(section)?.[1] ?? '',
    }))
    .filter(({ installs, program }) => installs.length > 0 && program !== '');
}

/** The same program in CommonJS, as the README says one has to write it. @param {string} program */
export function inCommonJs(program) {
  return program
    .replaceAll(/^import (\{.+\}) from ('.+');$/gm, 'const $1 = require($2);')
    .replaceAll(/^import (\w+) from ('.+');$/gm, 'const $1 = require($2);');
}

/**
 * The program with other ports than its reader's, which may be taken here.
 * @param {string} program @param {{ simulator: number, server: number }} ports
 */
export function withPorts(program, { simulator, server }) {
  return program.replace('127.0.0.1:8089', `127.0.0.1:${simulator}`).replace(/\b3000\b/, String(server));
}

/** The options of the compiler that the README gives. @param {string} markdown @returns {string[]} */
export function compilerOptions(markdown) {
  return /npx tsc main\.ts ([^`]+)`/.exec(markdown)?.[1]?.split(' ') ?? [];
}
