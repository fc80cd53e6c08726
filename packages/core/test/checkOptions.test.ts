import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { check, checkOptions, described, type PassError } from '../src/index.js';
import { errorOf } from './errorOf.js';

const checks = {
  table: check.text,
  swapTimeoutMs: check.optional(check.wholeNumber(1, 60_000, 'milliseconds'), 1_000),
  pool: check.optional(check.object({ size: check.positiveInteger })),
  onLoss: check.optional(check.oneOf('warn', 'fail'), 'warn'),
};
const wording = { whole: 'tableCache: the options', prefix: 'tableCache: ' };
const refused = (given: unknown, hint?: string): PassError =>
  errorOf(() => checkOptions(given, checks, { ...wording, hint }));

describe('checkOptions', () => {
  it('gives what the checks gave back, frozen, and none of it the object that was given', () => {
    const given = { table: 'pass', pool: { size: 2 } };
    const taken = checkOptions(given, checks);
    expect(taken).toEqual({ table: 'pass', swapTimeoutMs: 1_000, pool: { size: 2 }, onLoss: 'warn' });
    given.pool.size = 3;
    expect(taken.pool?.size).toBe(2);
    expect([Object.isFrozen(taken), Object.isFrozen(taken.pool)]).toEqual([true, true]);
  });

  it('takes undefined for not given, and null for a value', () => {
    expect(checkOptions({ table: 'pass', onLoss: undefined }, checks).onLoss).toBe('warn');
    expect(refused({ table: 'pass', onLoss: null }).message).toBe(
      "tableCache: onLoss must be 'warn' or 'fail', received null",
    );
  });

  it.each<[unknown, string]>([
    [undefined, 'the options must be an object, received undefined'],
    [['table'], 'the options must be an object, received a list'],
    [{}, 'table must be a non-empty string, received undefined'],
    [
      { table: 'pass', swapTimeoutMs: '5' },
      'swapTimeoutMs must be a whole number of milliseconds from 1 to 60000, received a string of 1 characters',
    ],
    [{ table: 'pass', pool: { size: 0 } }, 'pool.size must be a positive integer, received 0'],
    [{ table: 'pass', pool: { sise: 1 } }, 'pool.sise is not an option; did you mean size?'],
    [
      { table: 'pass', onLoss: 'wran' },
      "onLoss must be 'warn' or 'fail', received \"wran\"; did you mean warn?",
    ],
    [{ tabel: 'pass' }, 'tabel is not an option; did you mean table?'],
    [{ url: 'pass' }, 'url is not an option; there are table, swapTimeoutMs, pool, onLoss'],
  ])('refuses %j', (given, message) => {
    expect(refused(given)).toMatchObject({ code: 'option_invalid', message: `tableCache: ${message}` });
  });

  it('says in the words of its caller where another name belongs, unless one is near', () => {
    expect(refused({ url: 'pass' }, 'the table knows it').message).toMatch(/; the table knows it$/);
    expect(refused({ tabel: 'pass' }, 'the table knows it').message).toMatch(/; did you mean table\?$/);
  });

  const secret = 'hunter2-hunter2-hunter2-hunter2';
  it.each([
    secret,
    { table: { [secret]: 1 } },
    { [secret]: 1 },
    { table: 'pass', swapTimeoutMs: secret },
    { table: 'pass', onLoss: secret },
    { table: 'pass', onLoss: 'hunter2' },
    { table: 'pass', pool: secret },
  ])('shows no secret that stands where it does not belong: %j', (given) => {
    expect(inspect(refused(given))).not.toContain('hunter2');
  });
});

describe('described', () => {
  it.each([
    ['hunter2', 'a string of 7 characters'],
    ['', 'an empty string'],
    [1.5, '1.5'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[], 'an empty list'],
    [['hunter2'], 'a list'],
    [{}, 'an object'],
    [{ client: 1, hunter2: 1, close: 1 }, 'an object with client, close'],
    [
      Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, 1])),
      'an object with a, b, c, d, e',
    ],
    [() => 'hunter2', 'a function'],
    [Symbol('hunter2'), 'a symbol'],
    [7n, 'a bigint'],
  ])('tells %o as %s', (value, words) => {
    expect(described(value)).toBe(words);
  });
});
