// Who uses the packages: each row is a folder beside this file, installed with the package.json of installations/.
// Those of one installation share a node_modules; a folder with a package.json of its own has one of its own besides.

/**
 * @typedef {object} Consumer
 * @property {string} name
 * @property {string} template the folder
 * @property {'newest' | 'nest11' | 'lowest'} on the installation
 * @property {string[]} shows the packages whose versions are printed
 * @property {'module' | 'commonjs'} [type] of the files ending in .js and .ts
 * @property {string[][]} [compile] programs for Node that run first; `~` is the installation's node_modules
 * @property {string[]} [start] a program for Node that prints "listening on" and its port
 * @property {string[]} [test] instead of `start`, a program that asks the same by itself
 */

const tsc = '~/typescript/bin/tsc';

// Checks the declarations of all packages; what is wrong in those of others is not held against ours.
const withLibraries = ['--skipLibCheck', 'false'];

/** @type {(compiler: string, name: string, flags?: string[]) => Consumer[]} */
const compiledWith = (compiler, name, flags = []) => [
  {
    name: `${name}, nodenext`,
    template: 'typescript',
    on: 'newest',
    shows: [compiler],
    type: 'module',
    compile: [[`~/${compiler}/bin/tsc`, '-p', 'tsconfig.nodenext.json', ...flags]],
    start: ['dist/server.js'],
  },
  {
    name: `${name}, bundler`,
    template: 'typescript',
    on: 'newest',
    shows: [compiler, 'esbuild'],
    type: 'module',
    compile: [
      [`~/${compiler}/bin/tsc`, '-p', 'tsconfig.bundler.json'],
      ['~/esbuild/bin/esbuild', 'server.ts', '--bundle', '--platform=node', '--outfile=dist/server.cjs'],
    ],
    start: ['dist/server.cjs'],
  },
];

/** @type {readonly Consumer[]} */
export const consumers = [
  {
    name: 'every package, import and require',
    template: 'everything',
    on: 'newest',
    shows: [],
    start: ['server.mjs'],
  },
  {
    name: 'Express, CommonJS',
    template: 'express-cjs',
    on: 'newest',
    shows: ['express'],
    start: ['server.cjs'],
  },
  {
    name: 'Express, ES modules, files',
    template: 'express-esm',
    on: 'newest',
    shows: ['express'],
    start: ['server.mjs'],
  },
  { name: 'Koa, ES modules', template: 'koa-esm', on: 'newest', shows: ['koa'], start: ['server.mjs'] },
  {
    name: 'Fastify, ES modules',
    template: 'fastify-esm',
    on: 'newest',
    shows: ['fastify'],
    start: ['server.mjs'],
  },
  {
    name: 'Fastify, CommonJS',
    template: 'fastify-cjs',
    on: 'newest',
    shows: ['fastify'],
    start: ['server.cjs'],
  },
  {
    name: 'Nest, ES modules',
    template: 'nest-esm',
    on: 'newest',
    shows: ['@nestjs/core', 'typescript6'],
    type: 'module',
    compile: [['~/typescript6/bin/tsc', '-p', '.']],
    start: ['dist/main.js'],
  },
  {
    name: 'Nest, CommonJS',
    template: 'nest-cjs',
    on: 'nest11',
    shows: ['@nestjs/core', 'typescript'],
    compile: [[tsc, '-p', 'tsconfig.build.json']],
    start: ['dist/main.js'],
  },
  {
    name: 'Nest CLI, SWC',
    template: 'nest-cjs',
    on: 'nest11',
    shows: ['@nestjs/cli', '@nestjs/core', '@swc/core'],
    compile: [['~/@nestjs/cli/bin/nest.js', 'build']],
    start: ['dist/main.js'],
  },
  {
    name: 'Nest, Jest',
    template: 'nest-cjs',
    on: 'nest11',
    shows: ['@nestjs/core', 'jest', 'ts-jest'],
    test: ['~/jest/bin/jest.js', '--ci'],
  },
  {
    name: 'Jest, file cache and Redis',
    template: 'jest-caches',
    on: 'nest11',
    shows: ['jest', 'ioredis'],
    test: ['~/jest/bin/jest.js', '--ci'],
  },
  ...['cjs', 'esm'].map((format) => ({
    name: `esbuild, ${format}`,
    template: 'bundled',
    on: /** @type {const} */ ('newest'),
    shows: ['esbuild'],
    type: /** @type {const} */ ('module'),
    compile: [['build.mjs', format]],
    start: [format === 'cjs' ? 'dist/server.cjs' : 'dist/server.mjs'],
  })),
  {
    name: 'TypeScript 5.9, node10',
    template: 'node10',
    on: 'newest',
    shows: ['typescript5.9'],
    compile: [['~/typescript5.9/bin/tsc', '-p', '.']],
    start: ['dist/server.js'],
  },
  ...compiledWith('typescript5.9', 'TypeScript 5.9'),
  ...compiledWith('typescript6', 'TypeScript 6'),
  ...compiledWith('typescript7', 'TypeScript 7', withLibraries),
  {
    name: 'two copies of @types/express',
    template: 'two-express-types',
    on: 'newest',
    shows: ['express', '@types/express'],
    compile: [['~/typescript7/bin/tsc', '-p', '.']],
    start: ['dist/server.js'],
  },
  { name: 'two copies of core', template: 'two-cores', on: 'newest', shows: [], start: ['server.mjs'] },
  {
    name: 'lowest Express',
    template: 'express-cjs',
    on: 'lowest',
    shows: ['express'],
    start: ['server.cjs'],
  },
  { name: 'lowest Koa', template: 'koa-esm', on: 'lowest', shows: ['koa'], start: ['server.mjs'] },
  {
    name: 'lowest Fastify',
    template: 'fastify-esm',
    on: 'lowest',
    shows: ['fastify'],
    start: ['server.mjs'],
  },
  {
    name: 'lowest Nest',
    template: 'nest-cjs',
    on: 'lowest',
    shows: ['@nestjs/core', 'rxjs', 'typescript'],
    compile: [[tsc, '-p', 'tsconfig.nest10.json']],
    start: ['dist/main.js'],
  },
  {
    name: 'lowest, types',
    template: 'typescript',
    on: 'lowest',
    shows: ['@types/express', '@types/koa', 'fastify', '@nestjs/common', 'typescript'],
    type: 'module',
    compile: [[tsc, '-p', 'tsconfig.nodenext.json', ...withLibraries]],
    start: ['dist/server.js'],
  },
];
