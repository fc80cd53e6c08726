import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { connectSimulator } from '../src/index.js';
import { postRegister } from './support/caller.js';

const packageDir = resolve(import.meta.dirname, '..');

describe('as a process', () => {
  let directory: string;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'pass-simulator-'));
    copyFileSync(join(packageDir, 'package.json'), join(directory, 'package.json'));
    const tsc = resolve(packageDir, '../../node_modules/.bin/tsc');
    const build = (...args: string[]): Promise<unknown> =>
      promisify(execFile)(tsc, ['-p', join(packageDir, 'tsconfig.build.json'), ...args]);
    await Promise.all([
      build('--outDir', join(directory, 'dist/esm')),
      build('--outDir', join(directory, 'dist/cjs'), '--module', 'commonjs', '--moduleResolution', 'bundler'),
    ]);
    writeFileSync(join(directory, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');
  }, 60_000);

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const start = (kind: string, ...argv: string[]): ChildProcess => {
    const child = spawn(process.execPath, [join(directory, 'dist', kind, 'cli.js'), ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  const firstLine = (child: ChildProcess): Promise<string> =>
    new Promise((done) => child.stdout?.once('data', (chunk: Buffer) => done(chunk.toString())));
  const ended = (child: ChildProcess): Promise<number | null> =>
    new Promise((done) => child.once('exit', (code) => done(code)));

  test.each(['esm', 'cjs'])(
    '%s: serves until a signal, follows the control API, and ends cleanly',
    async (kind) => {
      const child = start(kind, '--port', '0', '--token-life-seconds', '60');
      const line = await firstLine(child);
      expect(line).toMatch(/^Adobe Pass simulator listening on http:\/\/127\.0\.0\.1:\d+\n$/);
      const url = line.trim().split(' ').at(-1) ?? '';
      const { stdout: statement } = await promisify(execFile)(process.execPath, [
        join(directory, 'dist', kind, 'cli.js'),
        'statement',
        '--application',
        'tv',
      ]);
      expect((await postRegister({ url }, { software_statement: statement.trim() })).status).toBe(201);
      const remote = connectSimulator(url);
      expect(await remote.ledger.count({ endpoint: 'register', status: 201 })).toBe(1);
      const changed = remote.clock.changed(0, { waitMs: 20_000 });
      await connectSimulator(url).clock.advance(5000);
      expect(await changed).toMatchObject({ offsetMs: 5000 });
      const exit = ended(child);
      child.kill(kind === 'esm' ? 'SIGINT' : 'SIGTERM');
      expect(await exit).toBe(0);
    },
  );

  test('prints the version of the package, and exit codes reach the shell', async () => {
    const cli = join(directory, 'dist/esm/cli.js');
    const { version } = JSON.parse(
      await import('node:fs/promises').then((fs) => fs.readFile(join(packageDir, 'package.json'), 'utf8')),
    ) as { version: string };
    expect((await promisify(execFile)(process.execPath, [cli, '--version'])).stdout).toBe(`${version}\n`);
    expect(await ended(start('esm', '--nonsense'))).toBe(2);
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    expect(await ended(start('esm', '--port', String(port)))).toBe(1);
  });

  test('the library loads by require and by import', async () => {
    const use =
      'createSimulator().then(async (s) => { console.log(typeof s.issueSoftwareStatement({ application: "tv" })); await s.close(); })';
    const node = (...args: string[]): Promise<{ stdout: string }> =>
      promisify(execFile)(process.execPath, args, { cwd: directory });
    expect(
      (await node('-e', `const { createSimulator } = require('./dist/cjs/index.js'); ${use}`)).stdout,
    ).toBe('string\n');
    expect(
      (
        await node(
          '--input-type=module',
          '-e',
          `import { createSimulator } from './dist/esm/index.js'; await ${use}`,
        )
      ).stdout,
    ).toBe('string\n');
  });
});
