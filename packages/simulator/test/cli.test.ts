import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { parseCommand } from '../src/cli/parseCommand.js';
import { runCli } from '../src/cli/runCli.js';
import { connectSimulator, createSimulator } from '../src/index.js';
import { postRegister } from './support/caller.js';
import { matching } from './support/like.js';
import { startSimulator } from './support/withSimulator.js';

const packageDir = resolve(import.meta.dirname, '..');

async function run(
  argv: string[],
  environment: Record<string, string> = {},
): Promise<{ code: number; printed: string[]; complained: string[] }> {
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await runCli(argv, {
    environment,
    readVersion: () => '1.2.3',
    signal: AbortSignal.abort(),
    print: (line) => void printed.push(line),
    complain: (line) => void complained.push(line),
  });
  return { code, printed, complained };
}

describe('arguments', () => {
  test('have defaults', () => {
    expect(parseCommand([], {})).toEqual({
      kind: 'serve',
      options: { port: 8089 },
      files: { scenario: undefined, signingKey: undefined },
    });
  });

  test('become options', () => {
    const argv =
      '--port 0 --host 0.0.0.0 --allow-host a --allow-host b --throttle always --throttle-burst once --token-life-seconds 60 --success-status 200 --unauthorized-body empty --strict'.split(
        ' ',
      );
    expect(parseCommand(argv, { PASS_SIMULATOR_CONTROL_TOKEN: 't' })).toMatchObject({
      kind: 'serve',
      options: {
        port: 0,
        host: '0.0.0.0',
        allowedHosts: ['a', 'b'],
        controlToken: 't',
        throttle: 'always',
        throttleBurst: 'once',
        accessTokenLifeSeconds: 60,
        successStatus: 200,
        unauthorizedBody: 'empty',
        strict: true,
      },
    });
  });

  test.each<[string, string[]]>([
    ['an unknown option', ['--prot', '1']],
    ['an option without value', ['--port']],
    ['an unknown command', ['serve']],
    ['too many words', ['statement', 'tv']],
    ['a port that is none', ['--port', 'http']],
    ['an empty port', ['--port', '']],
    ['an unknown throttle', ['--throttle', 'sometimes']],
    ['an option of another command', ['--application', 'tv']],
    ['an option of another command', ['statement', '--port', '1']],
    ['a scenario that is not there', ['--scenario', '/does/not/exist']],
    ['a scenario that is no JSON', ['--scenario', import.meta.filename, '--port', '0']],
    ['a scenario that is another JSON file', ['--scenario', join(packageDir, 'package.json'), '--port', '0']],
  ])('%s is misuse: exit code 2, one line', async (_what, argv) => {
    const { code, printed, complained } = await run(argv);
    expect([code, printed, complained.length]).toEqual([2, [], 1]);
    expect(complained[0]).toMatch(/^pass-simulator: .+/);
    expect(complained[0]).not.toContain('\n');
  });

  test('--help and --version win over everything', async () => {
    expect((await run(['--help', 'nonsense'])).printed[0]).toContain('--token-life-seconds');
    expect(await run(['statement', '--version'])).toEqual({ code: 0, printed: ['1.2.3'], complained: [] });
  });
});

describe('statement', () => {
  test('signs one offline that any simulator with the development key accepts', async () => {
    const simulator = await startSimulator();
    const { code, printed } = await run(['statement', '--application', 'tv']);
    expect([code, printed.length]).toEqual([0, 1]);
    expect((await postRegister(simulator, { software_statement: printed[0] })).status).toBe(201);
  });

  test('asks a running simulator that has a key of its own', async () => {
    const simulator = await startSimulator({
      signingKey: 'generated',
      applications: [{ name: 'phone' }],
      controlToken: 'token',
    });
    const { printed } = await run([
      'statement',
      '--application',
      'phone',
      '--url',
      simulator.url,
      '--control-token',
      'token',
    ]);
    expect((await postRegister(simulator, { software_statement: printed[0] })).status).toBe(201);
  });

  test('takes scenario and key from files', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pass-simulator-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const scenario = {
      applications: [{ name: 'phone', serviceProviders: ['REF9'] }],
      serviceProviders: [{ id: 'REF9' }],
    };
    writeFileSync(join(directory, 'scenario.json'), JSON.stringify(scenario));
    writeFileSync(join(directory, 'key.pem'), privateKey);
    const simulator = await createSimulator({ ...scenario, signingKey: privateKey });
    onTestFinished(() => simulator.close());
    const { printed } = await run([
      'statement',
      '--application',
      'phone',
      '--scenario',
      join(directory, 'scenario.json'),
      '--signing-key',
      join(directory, 'key.pem'),
    ]);
    expect((await postRegister(simulator, { software_statement: printed[0] })).status).toBe(201);
  });

  test('of an unknown application fails with exit code 1', async () => {
    const { code, complained } = await run(['statement', '--application', 'radio']);
    expect(code).toBe(1);
    expect(complained[0]).toContain('"radio"');
  });

  test('fails with exit code 1 where no simulator answers', async () => {
    const { code, complained } = await run(['statement', '--url', 'http://127.0.0.1:9']);
    expect([code, complained]).toEqual([1, ['pass-simulator: no simulator answers at http://127.0.0.1:9']]);
  });
});

test('a port in use ends with exit code 1 and says so', async () => {
  const simulator = await startSimulator();
  const { code, complained } = await run(['--port', String(simulator.port)]);
  expect([code, complained]).toEqual([
    1,
    [`pass-simulator: cannot listen on 127.0.0.1:${simulator.port}: the port is in use`],
  ]);
});

test('another address than loopback prints the control token', async () => {
  const { printed } = await run(['--port', '0', '--host', '0.0.0.0']);
  expect(printed).toEqual([
    matching(/^Adobe Pass simulator listening on http:\/\/127\.0\.0\.1:\d+$/),
    matching(/^Control token: [\w-]{32}$/),
  ]);
});

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
