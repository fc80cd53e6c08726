import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startSimulator } from '@pass-dcr/test-kit';
import { expect, it, onTestFinished } from 'vitest';
import { nestModules, nestVersion } from './nestVersion.js';

const run = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const parts = [
  ['common', '@nestjs/common'],
  ['core', '@nestjs/core'],
  ['pass', '@pass-dcr/core'],
  ['nest', '@pass-dcr/nest'],
] as const;
const names = parts.map(([name]) => name).join(', ');

const programs = {
  'main.mjs': [
    `import 'reflect-metadata';`,
    ...parts.map(([name, from]) => `import * as ${name} from '${from}';`),
    `import { serve } from './serveBuilt.mjs';`,
    `await serve({ ${names} });`,
  ],
  'main.cjs': [
    `require('reflect-metadata');`,
    ...parts.map(([name, from]) => `const ${name} = require('${from}');`),
    `import('./serveBuilt.mjs').then(({ serve }) => serve({ ${names} }));`,
  ],
};

/** A project that has installed what is built, with the Nest under test. */
function project(): string {
  if (!existsSync(here('../dist/cjs/index.js')))
    throw new Error('This test needs the build of @pass-dcr/nest, as npm test makes it.');
  const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-nest-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(here('serveBuilt.mjs'), join(folder, 'serveBuilt.mjs'));
  for (const [name, lines] of Object.entries(programs)) writeFileSync(join(folder, name), lines.join('\n'));
  const own = join(folder, 'node_modules/@pass-dcr/nest');
  mkdirSync(own, { recursive: true });
  cpSync(here('../dist'), join(own, 'dist'), { recursive: true });
  const manifest = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as {
    readonly publishConfig: object;
  };
  writeFileSync(join(own, 'package.json'), JSON.stringify({ ...manifest, ...manifest.publishConfig }));
  const link = (target: string, name: string): void =>
    symlinkSync(target, join(folder, 'node_modules', name), 'junction');
  link(here('../../core'), '@pass-dcr/core');
  for (const name of ['@nestjs', 'reflect-metadata']) link(fileURLToPath(new URL(name, nestModules)), name);
  return folder;
}

it.each(Object.keys(programs))(
  `what is built works in a plain Node process with Nest ${nestVersion}: %s`,
  async (program) => {
    const simulator = await startSimulator();
    const env = {
      PATH: process.env['PATH'],
      SIMULATOR: simulator.url,
      STATEMENT: simulator.issueSoftwareStatement({ application: 'tv' }),
    };
    const { stdout } = await run(process.execPath, [join(project(), program)], { env, timeout: 20_000 });
    expect(JSON.parse(stdout)).toEqual([200, [], 400]);
    expect(simulator.ledger.count({ endpoint: 'profiles' })).toBe(1);
  },
);
