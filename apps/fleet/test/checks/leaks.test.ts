import { describe, expect, it } from 'vitest';
import { formsOf, leaks } from '../../src/checks/leaks.js';

const canary = { name: 'the secret', text: 'canary-of-adobe-42' };
const found = (text: string): boolean => leaks('a file', Buffer.from(text), [canary]).length > 0;

describe('I8: what is planted is found', () => {
  it.each([
    ['as it is', canary.text],
    ['within something longer', `x=${canary.text};`],
    ['in hexadecimal digits', Buffer.from(canary.text).toString('hex')],
    ['in a URL', encodeURIComponent(canary.text)],
    ['in Base64', Buffer.from(canary.text).toString('base64')],
    ['in Base64 of something longer', Buffer.from(`a${canary.text}bc`).toString('base64')],
    ['in Base64 of something longer still', Buffer.from(`ab${canary.text}c`).toString('base64')],
    ['in base64url of JSON', Buffer.from(JSON.stringify({ secret: canary.text })).toString('base64url')],
  ])('%s', (_how, text) => {
    expect(found(text)).toBe(true);
  });

  it('and nothing else is', () => {
    expect(found('canary-of-adobe-4 2, and a lot of other things')).toBe(false);
  });

  it('says what and where, and does not show it', () => {
    expect(leaks('the AOF', Buffer.from(canary.text), [canary])).toEqual([
      { invariant: 'I8', message: 'the secret can be read in the AOF' },
    ]);
  });

  it('looks for no form that is too short to mean anything', () => {
    expect(Math.min(...formsOf(canary.text).map((form) => form.length))).toBeGreaterThan(12);
  });
});
