import { described } from './described.js';
import { PassError } from './errors.js';
import { nearestName } from './nearestName.js';

/** Takes the value of the option `name` for what it has to be. @throws PassError `option_invalid` */
export type OptionCheck<Value> = (value: unknown, name: string) => Value;

export type OptionChecks<Options> = { readonly [Name in keyof Options]: OptionCheck<Options[Name]> };

/** How messages speak of the options. */
export interface OptionsWording {
  /** All of them together. Default `the options`. */
  readonly whole?: string | undefined;
  /** What that must be. Default `an object`. */
  readonly shape?: string | undefined;
  /** What stands before the name of each, such as `limits.`. Default nothing. */
  readonly prefix?: string | undefined;
  /** What to say of a name that is none and near to none. Default: which names there are. */
  readonly hint?: string | undefined;
}

/**
 * The options as their checks took them, frozen. For adapters and caches: what JavaScript passes need not be what the
 * types say.
 *
 * A name without a check is refused, with the one that was probably meant. Texts are told by their length only, because a
 * secret may stand where it does not belong.
 * @throws PassError `option_invalid`: the first that is wrong
 *
 * @example
 * const { table, swapTimeoutMs } = checkOptions(
 *   options,
 *   { table: check.text, swapTimeoutMs: check.optional(check.wholeNumber(1, 60_000), 1_000) },
 *   { whole: 'tableCache: the options', prefix: 'tableCache: ' },
 * );
 */
export function checkOptions<Options extends object>(
  given: unknown,
  checks: OptionChecks<Options>,
  { whole = 'the options', shape = 'an object', prefix = '', hint }: OptionsWording = {},
): Readonly<Options> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw invalidOption(whole, `must be ${shape}`, given);
  const values = given as Readonly<Record<string, unknown>>;
  const names = Object.keys(checks);
  const stranger = Object.keys(values).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    const near = nearestName(stranger, names);
    const advice = near === undefined ? (hint ?? `there are ${names.join(', ')}`) : `did you mean ${near}?`;
    const shown = near === undefined ? shownName(stranger) : stranger;
    throw new PassError('option_invalid', `${prefix}${shown} is not an option; ${advice}`);
  }
  const taken = Object.entries<OptionCheck<unknown>>(checks).map(([name, take]) => [
    name,
    take(values[name], `${prefix}${name}`),
  ]);
  return Object.freeze(Object.fromEntries(taken) as Options);
}

/** A secret can stand where a name belongs, too. */
function shownName(name: string): string {
  return /^[\w.-]{1,24}$/.test(name) ? name : `(a name of ${name.length} characters)`;
}

/** `rule` goes on from the name of the option and says what the value must be. */
export function invalidOption(name: string, rule: string, value: unknown): PassError {
  return new PassError('option_invalid', `${name} ${rule}, received ${described(value)}`);
}
