import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const fixture = fileURLToPath(new URL('fixtures/purity', import.meta.url));

test('what reaches outside does not compile under the configuration of registration/', () => {
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', fixture, '--pretty', 'false'], {
    encoding: 'utf8',
  });
  const unknownNames = [...stdout.matchAll(/error TS\d+: Cannot find name '(\w+)'/g)].map(([, name]) => name);
  expect(unknownNames).toEqual([
    'fetch',
    'process',
    'setTimeout',
    'setInterval',
    'queueMicrotask',
    'performance',
    'crypto',
    'console',
    'Buffer',
  ]);
  expect(status).not.toBe(0);
});
