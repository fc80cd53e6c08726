import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SoftwareStatement } from '../../src/dcr/SoftwareStatement.js';
import { isPassError } from '../../src/errors.js';
import { errorOf } from '../errorOf.js';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const statementOf = (payload: unknown, signature = 'c2lnbmF0dXJl'): string =>
  `${part({ alg: 'RS256' })}.${part(payload)}.${signature}`;
const statement = statementOf({ sub: 'application-1', iss: 'auth.adobe.com', iat: 1 });

describe('a software statement', () => {
  it('removes the whitespace that pasting adds', () => {
    const pasted = `\uFEFF ${statement.replaceAll(/(.{20})/g, '$1\r\n\t')}\n`;
    expect(new SoftwareStatement(pasted).reveal()).toBe(statement);
  });

  it.each([
    ['nothing', undefined, 'received undefined'],
    ['null', null, 'received null'],
    ['an empty text', ' \n', 'received an empty string'],
    [
      'two parts',
      statement.split('.').slice(0, 2).join('.'),
      `received 2 dot-separated parts, ${statement.length - 13} characters`,
    ],
    ['one part', 'hunter2', 'received 1 dot-separated part, 7 characters'],
    ['five parts', `${statement}.a.b`, 'received 5 dot-separated parts'],
    ['no signature', statementOf({ sub: 'x' }, ''), 'part 3 of 3 is empty'],
    ['quotes', `"${statement}"`, 'part 1 of 3 has characters that are not base64url'],
    ['padding', `${statement}==`, 'part 3 of 3 has characters that are not base64url'],
    [
      'a header that is no JSON',
      `hunter2.${part({})}.c2ln`,
      'part 1 of 3 is no JSON object that names an algorithm',
    ],
    ['a header without an algorithm', `${part({ typ: 'JWT' })}.${part({})}.c2ln`, 'names an algorithm'],
    ['a header that is null', `${part(null)}.${part({})}.c2ln`, 'names an algorithm'],
    ['far too much', `${statement}${'x'.repeat(20_000)}`, `received ${statement.length + 20_000} characters`],
  ])('refuses %s and describes its shape only', (_, text, shape) => {
    const error = errorOf(() => new SoftwareStatement(text));
    expect(error).toMatchObject({ code: 'software_statement_malformed', status: 500 });
    expect(error.message).toContain(shape);
    expect(error.message).not.toContain('hunter2');
    expect(error.message).not.toContain(statement.slice(0, 20));
    expect(error.cause).toBeUndefined();
  });

  it('throws nothing but a PassError', () => {
    const texts = fc.oneof(
      fc.anything(),
      fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(new SoftwareStatement(text).reveal()).not.toMatch(/\s/);
        } catch (error) {
          if (!isPassError(error)) throw error;
        }
      }),
    );
  });

  it('is shown by no log and no JSON', () => {
    const shown = [
      inspect(new SoftwareStatement(statement), { showHidden: true, getters: true }),
      JSON.stringify(new SoftwareStatement(statement)),
    ].join('\n');
    for (const secret of statement.split('.')) expect(shown).not.toContain(secret);
  });
});

describe('which statement it is', () => {
  it('every download of one application has one fingerprint, and each its own hash', () => {
    const first = new SoftwareStatement(statement);
    const again = new SoftwareStatement(statementOf({ sub: 'application-1', iss: 'auth.adobe.com', iat: 2 }));
    const other = new SoftwareStatement(statementOf({ sub: 'application-2', iss: 'auth.adobe.com', iat: 1 }));
    expect(again.fingerprint).toBe(first.fingerprint);
    expect(other.fingerprint).not.toBe(first.fingerprint);
    expect(new Set([first, again, other].map(({ hash }) => hash)).size).toBe(3);
  });

  it('does not change, because records hold it', () => {
    expect(new SoftwareStatement(statement)).toMatchObject({
      fingerprint: 'Y__NQATHb3LMXnB7FhmkUd',
      hash: 'nm_jkJgdRoL8DOJzXsGxmQAvv_UEB13DnhYXocmQN5Y',
    });
  });

  it('is told by the whole where there is no subject', () => {
    const fingerprintOf = (payload: unknown): string =>
      new SoftwareStatement(statementOf(payload)).fingerprint;
    const a = { software_id: 'x' };
    expect(fingerprintOf(a)).not.toBe(fingerprintOf({ software_id: 'y' }));
    expect(new SoftwareStatement(`${part({ alg: 'x' })}.no.jwt`).fingerprint).toMatch(/^[\w-]{22}$/);
    expect(fingerprintOf({ sub: 7 })).not.toBe(fingerprintOf({ sub: 8 }));
    // A subject that looks like a statement is not taken for one.
    expect(fingerprintOf({ sub: statementOf(a) })).not.toBe(fingerprintOf(a));
  });
});
