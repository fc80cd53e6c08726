import { checkOptions, invalidOption, type OptionCheck, type OptionChecks } from './checkOptions.js';
import { described } from './described.js';
import { PassError } from './errors.js';
import { nearestName } from './nearestName.js';

/** What `is` accepts. `rule` goes on from the name of the option: `must be …`. */
export function that<Value>(rule: string, is: (value: unknown) => value is Value): OptionCheck<Value> {
  return (value, name) => {
    if (is(value)) return value;
    throw invalidOption(name, rule, value);
  };
}

/** As it is: somebody else checks it. */
export function anything(value: unknown): unknown {
  return value;
}

/** `undefined` means "not given". */
export function optional<Value>(take: OptionCheck<Value>): OptionCheck<Value | undefined>;
export function optional<Value>(take: OptionCheck<Value>, byDefault: Value): OptionCheck<Value>;
export function optional<Value>(take: OptionCheck<Value>, byDefault?: Value): OptionCheck<Value | undefined> {
  return (value, name) => (value === undefined ? byDefault : take(value, name));
}

/** Options within an option. */
export function object<Options extends object>(
  checks: OptionChecks<Options>,
): OptionCheck<Readonly<Options>> {
  return (value, name) => checkOptions(value, checks, { whole: name, prefix: `${name}.` });
}

export const text: OptionCheck<string> = that(
  'must be a non-empty string',
  (value): value is string => typeof value === 'string' && value !== '',
);

export const boolean: OptionCheck<boolean> = that(
  'must be true or false',
  (value) => typeof value === 'boolean',
);

export const positiveInteger: OptionCheck<number> = that(
  'must be a positive integer',
  (value): value is number => isInteger(value) && value >= 1,
);

/** `of` names what is counted, such as `milliseconds`. */
export function wholeNumber(least: number, most: number, of?: string): OptionCheck<number> {
  return that(
    `must be a whole number ${of === undefined ? '' : `of ${of} `}from ${least} to ${most}`,
    (value): value is number => isInteger(value) && value >= least && value <= most,
  );
}

/** One of a few words. A word that is none of them is shown if it is short, because it is often almost right. */
export function oneOf<const Word extends string>(...words: readonly Word[]): OptionCheck<Word> {
  return (value, name) => {
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    const quoted = words.map((each) => `'${each}'`);
    const rule = words.length === 2 ? quoted.join(' or ') : `one of ${quoted.join(', ')}`;
    const near = typeof value === 'string' ? nearestName(value, words) : undefined;
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    throw new PassError('option_invalid', `${name} must be ${rule}, received ${shown(value)}${hint}`);
  };
}

/** A secret of letters alone, and that short, is none. */
function shown(value: unknown): string {
  const isWord = typeof value === 'string' && /^[A-Za-z][A-Za-z-]{0,23}$/.test(value);
  return isWord ? JSON.stringify(value) : described(value);
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}
