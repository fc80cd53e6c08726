import { parseArgs } from 'node:util';

export interface FleetOptions {
  readonly scenarios: readonly string[];
  /** How long the mixed chaos lasts. */
  readonly mixedMs: number;
  /** Decides the plan of faults and the choices of the load. */
  readonly seed: number;
  /** Fewer processes, devices and seconds. */
  readonly short: boolean;
  /** The mixed chaos once more with a seed that nobody has chosen, and with those that failed once. */
  readonly drawn: boolean;
  /** The logs of the processes stay where they are. */
  readonly keep: boolean;
}

export type Command =
  | { readonly kind: 'run'; readonly options: FleetOptions }
  | { readonly kind: 'list' }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

export interface KnownScenario {
  readonly name: string;
  readonly inShort: boolean;
}

const defaultMixedMs = 60_000;
const shortMixedMs = 4_000;

export const usage = `npm run fleet -- [options]

  --scenario NAME[,NAME]   what to run; "all": everything (default: mixed)
  --minutes N              how long the mixed chaos lasts (default: 1)
  --seed S                 repeats a run's plan of faults (default: a new one, which is printed)
  --drawn                  then mixed with a new seed, which is printed, and with those that failed once
  --short                  a few scenarios on a small scale, at most 40 s in all
  --keep                   leaves the logs of the processes in a temporary folder, and says where
  --list                   what there is
  --help                   this text
`;

/** `freshSeed`: used if none is given. */
export function parseCommand(
  args: readonly string[],
  known: readonly KnownScenario[],
  freshSeed: number,
): Command {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string' },
        minutes: { type: 'string' },
        seed: { type: 'string' },
        short: { type: 'boolean', default: false },
        drawn: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  const { short, drawn, keep } = values;
  const minutes = values.minutes === undefined ? null : Number(values.minutes);
  if (minutes !== null && !(minutes > 0 && minutes <= 24 * 60))
    return wrong('--minutes must be a number above 0, and at most 1440', values.minutes);
  const seed = values.seed === undefined ? freshSeed : Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0)
    return wrong('--seed must be an integer of at least 0', values.seed);
  const names = namesOf(values.scenario, known, short);
  const unknown = names.find((name) => known.every((scenario) => scenario.name !== name));
  if (unknown !== undefined)
    return wrong(`--scenario must be "all" or of ${known.map(({ name }) => name).join(', ')}`, unknown);
  const mixedMs = minutes === null ? (short ? shortMixedMs : defaultMixedMs) : minutes * 60_000;
  return { kind: 'run', options: { scenarios: names, mixedMs, seed, short, drawn, keep } };
}

function namesOf(
  given: string | undefined,
  known: readonly KnownScenario[],
  short: boolean,
): readonly string[] {
  if (given === 'all') return known.map(({ name }) => name);
  if (given !== undefined) return [...new Set(given.split(',').map((name) => name.trim()))];
  return short ? known.filter(({ inShort }) => inShort).map(({ name }) => name) : ['mixed'];
}

function wrong(message: string, received: string | undefined): Command {
  return { kind: 'wrong', message: `${message}, received ${JSON.stringify(received)}` };
}
