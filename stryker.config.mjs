// What `npm run mutate` mutates, and with which tests. The scores that it demands are in scripts/mutate.mjs.

/** @type {ConstructorParameters<typeof import('@stryker-mutator/core').Stryker>[0]} */
const config = {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutate.config.ts', related: false },
  coverageAnalysis: 'perTest',
  mutate: ['packages/core/src/registration/*.ts', 'packages/core/src/cache/*.ts'],
  // Only these are copied into the sandbox.
  ignorePatterns: [
    '**',
    '!packages/core/{src,test,proofs/model}/**',
    'packages/core/proofs/model/dist',
    '!packages/core/package.json',
    '!tsconfig.base.json',
    '!vitest.mutate.config.ts',
  ],
  concurrency: 2,
  timeoutMS: 10_000,
  tempDirName: '.stryker-tmp',
  cleanTempDir: 'always',
  reporters: ['clear-text', 'progress-append-only'],
  // Mutants of what runs when a file is loaded need all tests. They are few, and they count.
  warnings: { slow: false, unknownOptions: true, preprocessorErrors: true, unserializableOptions: true },
  clearTextReporter: { allowEmojis: false, logTests: false, reportTests: false, skipFull: false },
};

export default config;
