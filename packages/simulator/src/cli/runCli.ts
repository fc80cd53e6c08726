import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import { connectSimulator } from '../client/connectSimulator.js';
import { createSimulator } from '../createSimulator.js';
import { resolveSigningKey } from '../crypto/signingKey.js';
import type { SimulatorOptions } from '../options.js';
import { readScenario } from '../scenario/readScenario.js';
import { resolveScenario } from '../scenario/resolveScenario.js';
import { scenarioFiles } from '../scenario/scenarioFiles.js';
import type { ScenarioOptions } from '../scenario/scenario.js';
import { SimulatorError } from '../ground/simulatorError.js';
import { Statements } from '../state/statements.js';
import { help } from './help.js';
import { parseCommand, type Command, type CommandFiles } from './parseCommand.js';

export interface CliContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readVersion: () => string;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Ends a running simulator. */
  readonly signal: AbortSignal;
}

/** Resolves with the exit code: 0, 1 for what failed, 2 for misuse. */
export async function runCli(argv: readonly string[], context: CliContext): Promise<0 | 1 | 2> {
  const command = parseCommand(argv, context.environment);
  try {
    return await runCommand(command, context);
  } catch (error) {
    if (!(error instanceof SimulatorError)) throw error;
    context.complain(`pass-simulator: ${error.message}`);
    return error.code === 'invalid_argument' ? 2 : 1;
  }
}

async function runCommand(command: Command, context: CliContext): Promise<0 | 1 | 2> {
  switch (command.kind) {
    case 'help':
      context.print(help.trimEnd());
      return 0;
    case 'version':
      context.print(context.readVersion());
      return 0;
    case 'misused':
      context.complain(`pass-simulator: ${command.message}; see pass-simulator --help`);
      return 2;
    case 'statement':
      context.print(await statement(command));
      return 0;
    case 'init':
      init(command.file, context);
      return 0;
    case 'serve':
      await serve({ ...command.options, ...fileOptions(command.files) }, context);
      return 0;
  }
}

/** Without a URL it is signed here, and every simulator with the same key believes it. */
async function statement({
  application,
  url,
  controlToken,
  files,
}: Extract<Command, { kind: 'statement' }>): Promise<string> {
  if (url !== undefined)
    return connectSimulator(url, controlToken === undefined ? {} : { controlToken }).issueSoftwareStatement({
      application,
    });
  const { signingKey = 'development', ...scenario } = fileOptions(files);
  return new Statements(resolveSigningKey(signingKey), resolveScenario(scenario)).issue(
    application,
    Date.now(),
  );
}

/** Overwrites nothing. */
function init(file: string, { print }: CliContext): void {
  const files = scenarioFiles(file);
  const existing = files.find(({ path }) => existsSync(path));
  if (existing !== undefined)
    throw new SimulatorError('invalid_argument', `${existing.path} exists already; name another file`);
  for (const { path, text } of files) {
    try {
      writeFileSync(path, text, { flag: 'wx' });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SimulatorError('invalid_argument', `cannot write ${path}: ${reason}`, { cause });
    }
  }
  const [scenario, schema] = files;
  print(`${scenario.path}: what there is without a scenario; change it`);
  print(`${schema.path}: by which editors complete and check it`);
  print(`pass-simulator --scenario ${scenario.path}`);
}

async function serve(options: SimulatorOptions, { print, signal }: CliContext): Promise<void> {
  const simulator = await createSimulator(options);
  print(`Adobe Pass simulator listening on ${simulator.url}`);
  if (simulator.controlToken !== undefined && options.controlToken === undefined)
    print(`Control token: ${simulator.controlToken}`);
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await simulator.close();
}

function fileOptions({
  scenario,
  signingKey,
}: CommandFiles): ScenarioOptions & Pick<SimulatorOptions, 'signingKey'> {
  return {
    ...(scenario === undefined ? {} : readScenarioFile(scenario)),
    ...(signingKey === undefined ? {} : { signingKey: readText(signingKey) }),
  };
}

function readScenarioFile(path: string): ScenarioOptions {
  const text = readText(path);
  try {
    return readScenario(text);
  } catch (error) {
    if (!(error instanceof SimulatorError)) throw error;
    throw new SimulatorError('invalid_argument', `${path} is no scenario: ${error.message}`, {
      cause: error,
    });
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SimulatorError(
      'invalid_argument',
      `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}
