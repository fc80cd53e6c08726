import { expect } from 'vitest';

// Vitest types its asymmetric matchers as any.
export const aString: unknown = expect.any(String);
export const aNumber: unknown = expect.any(Number);
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
export const containing = (text: string): unknown => expect.stringContaining(text);
export const listWith = (items: readonly unknown[]): unknown => expect.arrayContaining([...items]);
/** An error with at least these members. */
export const errorLike = (members: Readonly<Record<string, unknown>>): Error =>
  expect.objectContaining(members) as Error;
