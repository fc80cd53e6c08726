import { sign } from 'node:crypto';
import { expect, test } from 'vitest';

import { signJwt, verifyJwt } from '../src/crypto/jwt.js';
import { resolveSigningKey } from '../src/crypto/signingKey.js';

const { privateKey, publicKey } = resolveSigningKey('development');
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

function signedParts(header: string, payload: string): string {
  const signed = `${base64url(header)}.${base64url(payload)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

test('variants are other strings with the same claims', () => {
  const variants = [0, 1, 2].map((variant) => signJwt({ sub: 'a' }, privateKey, variant));
  expect(new Set(variants).size).toBe(3);
  expect(variants.map((jwt) => verifyJwt(jwt, publicKey))).toEqual(
    variants.map(() => ({ kind: 'valid', claims: { sub: 'a' } })),
  );
});

test.each<[string, string]>([
  ['that names another algorithm', signedParts('{"alg":"RS512"}', '{}')],
  ['with a header that is no JSON', signedParts('alg', '{}')],
  ['with a payload that is no object', signedParts('{"alg":"RS256"}', '[]')],
  ['of two parts', signedParts('{"alg":"RS256"}', '{}').split('.').slice(0, 2).join('.')],
  [
    'with another payload than was signed',
    signJwt({ sub: 'a' }, privateKey).replace(/\.[\w-]+\./, `.${base64url('{"sub":"b"}')}.`),
  ],
])('a JWT %s is invalid, whoever signed it', (_what, jwt) => {
  expect(verifyJwt(jwt, publicKey)).toEqual({ kind: 'invalid' });
});
