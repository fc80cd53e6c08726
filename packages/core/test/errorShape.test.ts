import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { isErrorLike, nameOfThrown } from '../src/errorShape.js';

const ofAnotherRealm: unknown = runInNewContext('new RangeError("too far")');

it('an error of another realm is an error, and has its name', () => {
  expect(ofAnotherRealm instanceof Error).toBe(false);
  expect(isErrorLike(ofAnotherRealm)).toBe(true);
  expect(nameOfThrown(ofAnotherRealm)).toBe('RangeError');
});

it.each([undefined, null, 'text', 7, {}, { message: 'no name' }])(
  '%j is none, and only its type is told',
  (thrown) => {
    expect(isErrorLike(thrown)).toBe(false);
    expect(nameOfThrown(thrown)).toBe(typeof thrown);
  },
);
