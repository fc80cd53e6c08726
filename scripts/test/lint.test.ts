import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

interface Finding {
  readonly filename: string;
  readonly code: string;
  readonly message: string;
  readonly help?: string;
}

const fixtures = fileURLToPath(new URL('fixtures/lint', import.meta.url));
const oxlint = fileURLToPath(new URL('../../node_modules/oxlint/bin/oxlint', import.meta.url));

/** One run of the linter over all fixtures, with the repository's configuration. */
function lintFixtures(): readonly Finding[] {
  const args = [oxlint, '-c', 'oxlint.config.mjs', '--type-aware', '--format=json', '.'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: fixtures, encoding: 'utf8' });
  const report = JSON.parse(stdout) as { readonly diagnostics: readonly Finding[] };
  return report.diagnostics.map((finding) => ({
    ...finding,
    filename: finding.filename.replaceAll('\\', '/'),
  }));
}

const findings = lintFixtures();
const ofFile = (file: string): readonly Finding[] =>
  findings.filter(({ filename }) => filename === `packages/${file}`);

const imports = 'eslint(no-restricted-imports)';
const globals = 'eslint(no-restricted-globals)';
const pure = /registration\/ is pure/;
const outside = /registration\/ imports nothing outside itself/;
const tokens = /cache\/ knows nothing of tokens/;
const leaf = /http\/ is a leaf/;
const floors = /imports from the floors below it only/;
const undici = /undiciTransport\.ts imports undici/;
const adapter = /An adapter imports the public entry/;
const cache = /A cache imports the public entry/;

type Forbidden = readonly [file: string, code: string, explanation?: RegExp];

const forbidden: readonly Forbidden[] = [
  ['core/src/registration/importsOutside.ts', imports, outside],
  ['core/src/registration/importsNode.ts', imports, outside],
  ['core/src/registration/importsLazily.ts', imports, outside],
  ['core/src/registration/random.ts', 'eslint(no-restricted-properties)', pure],
  ...[
    'clock',
    'date',
    'performance',
    'timeout',
    'interval',
    'microtask',
    'process',
    'crypto',
    'fetch',
    'global',
  ].map((name) => [`core/src/registration/${name}.ts`, globals, pure] as const),
  ...['registration', 'session', 'http', 'api', 'inbound'].map(
    (folder) => [`core/src/cache/imports_${folder}.ts`, imports, tokens] as const,
  ),
  ['core/src/cache/importsEntry.ts', imports, tokens],
  ...['registration', 'session', 'api', 'inbound'].map(
    (folder) => [`core/src/http/imports_${folder}.ts`, imports, leaf] as const,
  ),
  ...[
    'time',
    'http',
    'device',
    'cache',
    'upstream',
    'dcr',
    'admission',
    'recovery',
    'session',
    'api',
    'api/resource',
    'readiness',
    'operator',
    'inbound',
  ].map((room) => [`core/src/${room}/importsAbove.ts`, imports, floors] as const),
  ['core/src/session/importsPass.ts', imports, floors],
  ['core/src/diagnostics.ts', imports, floors],
  ['core/src/Pass.ts', imports, floors],
  ['core/src/http/importsUndici.ts', imports, undici],
  ['core/src/http/importsUndiciTypes.ts', imports, undici],
  ['core/src/importsSimulator.ts', imports, /Core imports no other package/],
  ['core/src/importsTest.ts', imports, /must not import from apps\/ or test\//],
  ['core/src/importsApps.ts', imports, /must not import from apps\/ or test\//],
  ['simulator/src/importsCore.ts', imports, /The simulator never imports core/],
  ['simulator/src/importsCoreByPath.ts', imports, /Import another package by its name/],
  ...['express', 'koa', 'nest', 'fastify'].flatMap((name) => [
    [`${name}/src/importsDeep.ts`, imports, adapter] as const,
    [`${name}/src/importsOther.ts`, imports, adapter] as const,
  ]),
  ...['file-cache', 'redis-cache'].flatMap((name) => [
    [`${name}/src/importsDeep.ts`, imports, cache] as const,
    [`${name}/src/importsOther.ts`, imports, cache] as const,
  ]),
  ['redis-cache/src/importsTest.ts', imports, cache],
  ['redis-cache/src/drivers/importsByPath.ts', imports, cache],
  ['core/src/errorTextCapital.ts', 'house(error-text)', /begins in lower case, unless with a name/],
  ['koa/src/errorTextStop.ts', 'house(error-text)', /ends without a full stop/],
  ['redis-cache/src/errorTextSentences.ts', 'house(error-text)', /is one sentence/],
  ['core/src/errorOfOneRealm.ts', 'house(error-realm)', /judge by its shape/],
  ['redis-cache/src/errorOfOneCopy.ts', 'house(error-realm)', /isPassError/],
  ['core/test/floatingPromise.ts', 'typescript(no-floating-promises)'],
  ['core/test/misusedPromise.ts', 'typescript(no-misused-promises)'],
  ['core/test/missingCase.ts', 'typescript(switch-exhaustiveness-check)'],
  ['core/test/awaitedValue.ts', 'typescript(await-thenable)'],
  ['core/test/anyType.ts', 'typescript(no-explicit-any)'],
  ['core/test/nonNull.ts', 'typescript(no-non-null-assertion)'],
  ['core/test/unusedName.ts', 'eslint(no-unused-vars)'],
  ['core/test/valueImportOfType.ts', 'typescript(consistent-type-imports)'],
  ['core/test/focused.ts', 'vitest(no-focused-tests)'],
];

describe('the linter refuses', () => {
  test.each(forbidden.map(([file, code, explanation = /./]) => ({ file, code, explanation })))(
    '$file by $code',
    ({ file, code, explanation }) => {
      const found = ofFile(file);
      expect(found.map((finding) => finding.code)).toEqual([code]);
      // The linter prints the reason in one place or the other, depending on the rule.
      expect(`${found[0]?.message} ${found[0]?.help}`).toMatch(explanation);
    },
  );
});

test('the linter allows what the rules leave open', () => {
  const refused = new Set(forbidden.map(([file]) => `packages/${file}`));
  expect(findings.filter(({ filename }) => !refused.has(filename))).toEqual([]);
});
