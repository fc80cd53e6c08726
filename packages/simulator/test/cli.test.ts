import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { parseCommand } from '../src/cli/parseCommand.js';
import { runCli } from '../src/cli/runCli.js';
import { findProblem, type JsonSchema } from '../src/ground/jsonSchema.js';
import { createSimulator } from '../src/index.js';
import {
  defaultApplications,
  defaultServiceProviders,
  defaultViewers,
} from '../src/scenario/defaultScenario.js';
import { postRegister } from './support/caller.js';
import { matching } from './support/like.js';
import { startSimulator } from './support/withSimulator.js';

interface ScenarioFile {
  readonly $schema: string;
}

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

describe('init', () => {
  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'pass-simulator-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  }

  test('writes the scenario that there is without one, and the schema that it names', async () => {
    const file = join(folder(), 'mine.json');
    const { code, printed } = await run(['init', file]);
    expect(code).toBe(0);
    expect(printed.join('\n')).toContain(`pass-simulator --scenario ${file}`);
    const { $schema, ...scenario } = JSON.parse(readFileSync(file, 'utf8')) as ScenarioFile;
    expect(scenario).toEqual({
      applications: defaultApplications,
      serviceProviders: defaultServiceProviders,
      viewers: defaultViewers,
    });
    const schema = JSON.parse(readFileSync(resolve(file, '..', $schema), 'utf8')) as JsonSchema;
    expect(findProblem({ $schema, ...scenario }, schema)).toBeUndefined();
    expect(findProblem({ $schema, ...scenario, viewer: [] }, schema)).toMatchObject({
      pointer: '/viewer',
    });
    expect(await run(['--scenario', file, '--port', '0'])).toMatchObject({ code: 0 });
  });

  test('serves what was changed in it', async () => {
    const file = join(folder(), 'mine.json');
    await run(['init', file]);
    const text = readFileSync(file, 'utf8').replaceAll('"tv"', '"radio"');
    writeFileSync(file, text);
    const { code, printed } = await run(['statement', '--application', 'radio', '--scenario', file]);
    expect(code).toBe(0);
    await using simulator = await createSimulator(JSON.parse(text) as object);
    expect((await postRegister(simulator, { software_statement: printed[0] })).status).toBe(201);
  });

  test('overwrites neither file, and says which is there', async () => {
    const file = join(folder(), 'mine.json');
    for (const there of [file, file.replace('.json', '.schema.json')]) {
      writeFileSync(there, 'mine');
      const { code, complained } = await run(['init', file]);
      expect(code).toBe(2);
      expect(complained).toEqual([`pass-simulator: ${there} exists already; name another file`]);
      expect(readFileSync(there, 'utf8')).toBe('mine');
      rmSync(there);
    }
  });

  test.each([
    ['a folder that does not exist', ['init', '/does/not/exist/mine.json']],
    ['an option', ['init', '--strict']],
    ['two files', ['init', 'one', 'other']],
  ])('is misused with %s', async (_case, argv) => {
    expect(await run(argv)).toMatchObject({ code: 2, printed: [] });
  });
});

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
