// The linter's configuration. A program rather than JSON, because for one rule the last matching override wins whole:
// the import rules are therefore composed here, so that a folder's rule adds to what holds everywhere.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'oxlint';

/** @typedef {{ regex: string, message: string, allowTypeImports?: boolean }} Restriction */

const anywhere = [
  {
    regex: '^(?:[.][.]?/)+(?:.*/)?(?:apps|test|tests)/',
    message: 'Published source must not import from apps/ or test/: neither is in the tarball.',
  },
  {
    regex: '^@pass-dcr/[^/]+/(?:src|dist)(?:/|$)',
    message: 'Import the public entry of a package, not its files.',
  },
  {
    regex:
      '^(?:[.][.]/)+(?:packages/)?(?:core|express|koa|nest|fastify|redis-cache|file-cache|simulator|conformance|opentelemetry)/',
    message: 'Import another package by its name, not by a path into its folder.',
  },
];

const onlyTransportImportsUndici = {
  regex: '^undici(?:/|$)',
  message: 'Only packages/core/src/http/undiciTransport.ts imports undici; options.ts may import its types.',
};

const coreStandsAlone = {
  regex: '^@pass-dcr/',
  message:
    'Core imports no other package of this workspace, the simulator least of all: each checks the other.',
};

const coreAnywhere = [...anywhere, coreStandsAlone];

const entries = ['index', 'createPass', 'Pass', 'testing'];

/** @param {string} folders @param {string} message */
const noImportFrom = (folders, message) => [
  { regex: `(?:^|/)(?:${folders})(?:/|[.][jt]s$|$)`, message },
  // The entry point and the composition root see everything, and so would whoever imports them.
  { regex: `^(?:[.][.]?/)+(?:${entries.join('|')})[.][jt]s$`, message },
];

/**
 * Core as a house, from the ground up. A room imports from the floors below it: nothing from above, nothing from the room
 * beside it. The files beside the rooms have floors too; those of one floor know each other and its rooms.
 * @type {readonly { rooms?: readonly string[], files?: readonly string[] }[]}
 */
const floors = [
  {
    files: [
      'adobeCodes',
      'errorShape',
      'errors',
      'nearestName',
      'described',
      'checkOptions',
      'optionChecks',
      'diagnostics',
      'publishFailure',
      'timing',
    ],
  },
  { rooms: ['time', 'registration'] },
  { rooms: ['http'] },
  { rooms: ['device'] },
  { rooms: ['cache'] },
  { rooms: ['upstream'] },
  { rooms: ['dcr'], files: ['failures'] },
  { rooms: ['admission', 'recovery', 'replacement'] },
  { rooms: ['session'] },
  { rooms: ['api'], files: ['PassClient', 'Pass', 'PassInternals', 'isPassClient'] },
  { rooms: ['management', 'playback', 'readiness', 'operator'] },
  { rooms: ['inbound'] },
  {
    rooms: ['testing'],
    files: [
      'options',
      'checkLimits',
      'checkSecrets',
      'resolveOptions',
      'createPassWith',
      'createServerPassWith',
      'createPass',
      'index',
      'resealCommand',
    ],
  },
];

/**
 * What `name` may not import on account of its floor. `refused`: refused already, for a reason of its own.
 * @param {string} name @param {readonly string[]} [refused]
 */
const notAbove = (name, refused = []) => {
  const own = floors.findIndex(({ rooms = [], files = [] }) => [...rooms, ...files].includes(name));
  const { rooms: beside = [], files = [] } = floors[own] ?? {};
  const above = floors.slice(own + 1).flatMap((floor) => [...(floor.rooms ?? []), ...(floor.files ?? [])]);
  const names = [...(files.includes(name) ? [] : beside), ...above].filter(
    (other) => other !== name && !refused.includes(other),
  );
  const message = `What stands on the floor of ${name} imports from the floors below it only: see "floors" in oxlint.config.mjs.`;
  // A file beside the rooms reaches them by one dot, a file in a room by two or more.
  const up = files.includes(name) ? '^[.]/' : '(?:^|/)[.][.]/';
  return names.length === 0 ? [] : [{ regex: `${up}(?:${names.join('|')})(?:/|[.][jt]s$|$)`, message }];
};

/** An allow-list: everything is refused but files of the package itself, one folder deep, and the names given. */
/** @param {string[]} names @param {string} message */
const importsOnly = (names, message) => [
  {
    group: ['**', '!./**', '!../**', '../test/**', '../../**', ...names.map((name) => `!${name}`)],
    message,
  },
];

/** @param {object[]} patterns @returns {['error', { patterns: object[] }]} */
const imports = (patterns) => ['error', { patterns }];

/** @param {string} packageName @param {string[]} framework */
const adapter = (packageName, framework) => ({
  files: [`packages/${packageName}/src/**`],
  rules: {
    'no-restricted-imports': imports(
      importsOnly(
        ['@pass-dcr/core', ...framework],
        'An adapter imports the public entry @pass-dcr/core and its framework, nothing else. If it needs more, core should export it.',
      ),
    ),
  },
});

/** @param {string} packageName @param {string[]} driver */
const cache = (packageName, driver) => ({
  files: [`packages/${packageName}/src/**`],
  rules: {
    'no-restricted-imports': imports(
      importsOnly(
        ['@pass-dcr/core', 'node:*', 'node:*/*', ...driver],
        'A cache imports the public entry @pass-dcr/core, Node and its driver, nothing else.',
      ),
    ),
  },
});

/** @param {string} path @param {readonly object[]} patterns */
const inCore = (path, patterns) => ({
  files: [`packages/core/src/${path}`],
  rules: { 'no-restricted-imports': imports([...coreAnywhere, ...patterns]) },
});

const tokensOf = ['registration', 'session', 'http', 'api', 'inbound'];
const cacheKnowsNoTokens = [
  ...noImportFrom(
    tokensOf.join('|'),
    'cache/ knows nothing of tokens: it must not import registration/, session/, http/, api/ or inbound/.',
  ),
  ...notAbove('cache', [...tokensOf, ...entries]),
];

const callersOf = ['session', 'api', 'inbound', 'registration'];
const httpIsALeaf = [
  ...noImportFrom(
    callersOf.join('|'),
    'http/ is a leaf: it must not import session/, api/, inbound/ or registration/.',
  ),
  ...notAbove('http', [...callersOf, ...entries]),
];

/** Rooms whose rules are their floor's and no others. */
const plainRooms = floors
  .flatMap(({ rooms = [] }) => rooms)
  .filter((room) => !['registration', 'cache', 'http'].includes(room));

const pureMessage = 'registration/ is pure: time, randomness and I/O come in as events and leave as effects.';

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest'],
  jsPlugins: [fileURLToPath(new URL('scripts/lint/house.mjs', import.meta.url))],
  categories: { correctness: 'error', suspicious: 'error' },
  env: { node: true, es2024: true },
  options: { denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  // The consumers are programs of other projects, checked by their own compilers.
  ignorePatterns: ['**/dist/**', '**/coverage/**', 'scripts/test/fixtures/**', 'scripts/consumers/*/**'],
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      {
        allowDefaultCaseForExhaustiveSwitch: false,
        requireDefaultForNonUnion: false,
        considerDefaultExhaustiveForUnions: true,
      },
    ],
    'typescript/await-thenable': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/no-non-null-assertion': 'error',
    // Where wire data is parsed, a checked unknown has to become a type somewhere.
    'typescript/no-unsafe-type-assertion': 'off',
    // A Nest module is what its decorator says.
    'typescript/no-extraneous-class': ['error', { allowWithDecorator: true }],
    // The compiler knows better: it sees that a switch is exhaustive.
    'typescript/consistent-return': 'off',
    'consistent-return': 'off',
    // A copy guards an iteration against what its own body adds; a small function may stand where it is used;
    // a row of a table may have an expectation of its own.
    'unicorn/no-useless-spread': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'vitest/no-conditional-expect': 'off',
    // fast-check is used by its default export, as its documentation has it.
    'import/no-named-as-default-member': 'off',
    // What a then() returns, the compiler knows; callbacks inside promises are how waiters are told.
    'promise/always-return': 'off',
    'promise/no-callback-in-promise': 'off',
    'typescript/consistent-type-imports': [
      'error',
      { fixStyle: 'inline-type-imports', disallowTypeAnnotations: true },
    ],
    'typescript/ban-ts-comment': [
      'error',
      { 'ts-expect-error': 'allow-with-description', minimumDescriptionLength: 10 },
    ],
    'typescript/no-require-imports': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/prefer-promise-reject-errors': 'error',
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
    'typescript/use-unknown-in-catch-callback-variable': 'error',
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
    'no-var': 'error',
    'prefer-const': 'error',
    eqeqeq: ['error', 'always'],
    'no-console': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'vitest/no-focused-tests': 'error',
    'vitest/no-disabled-tests': 'error',
  },
  overrides: [
    // Vitest's matchers (expect.any, expect.stringContaining) are typed any.
    {
      files: ['**/test/**'],
      rules: {
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
      },
    },

    // Programs for the terminal, and configuration files that their tools read by default export.
    {
      files: [
        'scripts/**',
        'apps/**',
        '**/*.config.ts',
        '**/*.config.mjs',
        'packages/simulator/src/cli.ts',
        'packages/core/proofs/**',
        'packages/*/bin/**',
      ],
      rules: { 'no-console': 'off', 'import/no-default-export': 'off' },
    },

    // Express 5 and Koa await their handlers; the rule is for Express 4.
    {
      files: ['apps/*-example/**'],
      rules: { 'oxc/no-async-endpoint-handlers': 'off' },
    },

    // Fastify awaits its handlers; the rule is for Express 4.
    {
      files: ['packages/fastify/test/**'],
      rules: { 'oxc/no-async-endpoint-handlers': 'off' },
    },

    {
      files: ['packages/*/src/**'],
      rules: { 'no-restricted-imports': imports([...anywhere, onlyTransportImportsUndici]) },
    },

    inCore('**', [onlyTransportImportsUndici]),
    ...floors.flatMap(({ files = [] }) =>
      files.map((file) => inCore(`${file}.ts`, [onlyTransportImportsUndici, ...notAbove(file)])),
    ),
    inCore('options.ts', [{ ...onlyTransportImportsUndici, allowTypeImports: true }]),
    ...plainRooms.map((room) => inCore(`${room}/**`, [onlyTransportImportsUndici, ...notAbove(room)])),
    inCore('cache/**', [onlyTransportImportsUndici, ...cacheKnowsNoTokens]),
    inCore('http/**', [onlyTransportImportsUndici, ...httpIsALeaf]),
    inCore('http/undiciTransport.ts', httpIsALeaf),
    {
      files: ['packages/core/src/registration/**'],
      rules: {
        // No look-ahead in the linter's regular expressions: this is "does not start with ./".
        'no-restricted-imports': imports([
          {
            regex: '^(?:[^.]|[.][^/])',
            message: `registration/ imports nothing outside itself. ${pureMessage}`,
          },
        ]),
        'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: pureMessage }],
        'no-restricted-globals': [
          'error',
          ...[
            'Date',
            'performance',
            'setTimeout',
            'setInterval',
            'setImmediate',
            'queueMicrotask',
            'process',
            'crypto',
            'fetch',
            'console',
            'globalThis',
            'global',
          ].map((name) => ({ name, message: pureMessage })),
        ],
      },
    },

    // The simulator's texts are Adobe's.
    {
      files: ['core', 'express', 'koa', 'nest', 'fastify', 'redis-cache', 'file-cache'].map(
        (name) => `packages/${name}/src/**`,
      ),
      rules: { 'house/error-text': 'error' },
    },
    // Fastify itself asks `instanceof Error`, and its adapter has to foresee the answer.
    {
      files: ['core', 'express', 'koa', 'nest', 'redis-cache', 'file-cache', 'conformance'].map(
        (name) => `packages/${name}/src/**`,
      ),
      rules: { 'house/error-realm': 'error' },
    },

    adapter('express', ['express']),
    adapter('koa', ['koa']),
    adapter('nest', ['@nestjs/common', '@nestjs/core', 'rxjs']),
    adapter('fastify', ['fastify', 'fastify-plugin']),
    cache('file-cache', ['lmdb']),
    cache('redis-cache', []),
    {
      files: ['packages/simulator/src/**', 'packages/simulator/bin/**'],
      rules: {
        'no-restricted-imports': imports([
          ...anywhere,
          onlyTransportImportsUndici,
          {
            regex: '^@pass-dcr/',
            message:
              'The simulator never imports core: the two implement the protocol independently, so that one checks the other.',
          },
        ]),
      },
    },
  ],
});
