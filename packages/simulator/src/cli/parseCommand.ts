import { parseArgs, type ParseArgsConfig } from 'node:util';

import type { SimulatorOptions } from '../options.js';

export type Command =
  | { readonly kind: 'serve'; readonly options: SimulatorOptions; readonly files: CommandFiles }
  | {
      readonly kind: 'statement';
      readonly application: string;
      /** Ask this running simulator; otherwise sign here. */
      readonly url: string | undefined;
      readonly controlToken: string | undefined;
      readonly files: CommandFiles;
    }
  /** `file`: that does not exist yet. */
  | { readonly kind: 'init'; readonly file: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'misused'; readonly message: string };

/** Paths of files that options come from. */
export interface CommandFiles {
  readonly scenario: string | undefined;
  readonly signingKey: string | undefined;
}

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  'allow-host': { type: 'string', multiple: true },
  'control-token': { type: 'string' },
  throttle: { type: 'string' },
  'throttle-burst': { type: 'string' },
  'token-life-seconds': { type: 'string' },
  'success-status': { type: 'string' },
  'unauthorized-body': { type: 'string' },
  'media-token-life-seconds': { type: 'string' },
  'missing-profile': { type: 'string' },
  'too-many-resources': { type: 'string' },
  'accept-foreign-statements': { type: 'boolean' },
  cors: { type: 'boolean' },
  strict: { type: 'boolean' },
  scenario: { type: 'string' },
  'signing-key': { type: 'string' },
  application: { type: 'string' },
  url: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>['values'];

const everywhere = ['help', 'version', 'scenario', 'signing-key', 'control-token'];
const ofStatement = ['application', 'url'];

export const defaultPort = 8089;

export function parseCommand(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Command {
  let parsed: { readonly values: Values; readonly positionals: string[] };
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    return {
      kind: 'misused',
      message: error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error),
    };
  }
  const { values, positionals } = parsed;
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  const controlToken = values['control-token'] ?? environment['PASS_SIMULATOR_CONTROL_TOKEN'];
  const files = { scenario: values.scenario, signingKey: values['signing-key'] };
  const [subcommand, ...rest] = positionals;
  if (subcommand === 'init' && rest.length <= 1) return initCommand(rest[0], Object.keys(values));
  if (rest.length > 0 || (subcommand !== undefined && subcommand !== 'statement')) {
    return { kind: 'misused', message: `unknown command ${JSON.stringify(positionals.join(' '))}` };
  }
  const misplaced = Object.keys(values).find(
    (name) => !everywhere.includes(name) && ofStatement.includes(name) !== (subcommand === 'statement'),
  );
  if (misplaced !== undefined)
    return {
      kind: 'misused',
      message: `--${misplaced} is not an option of pass-simulator${subcommand === undefined ? '' : ` ${subcommand}`}`,
    };
  if (subcommand === 'statement')
    return {
      kind: 'statement',
      application: values.application ?? 'tv',
      url: values.url,
      controlToken,
      files,
    };
  return { kind: 'serve', files, options: serveOptions(values, controlToken) };
}

function initCommand(file = 'scenario.json', [option]: readonly string[]): Command {
  return option === undefined
    ? { kind: 'init', file }
    : { kind: 'misused', message: `--${option} is not an option of pass-simulator init` };
}

/** Values are only converted here; `createSimulator` says which of them are wrong. */
function serveOptions(values: Values, controlToken: string | undefined): SimulatorOptions {
  const given = {
    port: values.port === undefined ? defaultPort : toNumber(values.port),
    host: values.host,
    allowedHosts: values['allow-host'],
    controlToken,
    throttle: values.throttle,
    throttleBurst: values['throttle-burst'],
    accessTokenLifeSeconds: toNumber(values['token-life-seconds']),
    successStatus: toNumber(values['success-status']),
    unauthorizedBody: values['unauthorized-body'],
    mediaTokenLifeSeconds: toNumber(values['media-token-life-seconds']),
    missingProfile: values['missing-profile'],
    tooManyResources: values['too-many-resources'],
    acceptForeignStatements: values['accept-foreign-statements'],
    cors: values.cors,
    strict: values.strict,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function toNumber(value: string | undefined): number | undefined {
  return value === undefined ? undefined : value.trim() === '' ? Number.NaN : Number(value);
}
