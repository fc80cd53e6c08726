import { sign, verify, type KeyObject } from 'node:crypto';

export type JwtClaims = Readonly<Record<string, unknown>>;

export type JwtReading =
  { readonly kind: 'valid'; readonly claims: JwtClaims } | { readonly kind: 'invalid' };

// The header of real statements and tokens is exactly this: no `typ`, no `kid`.
const header = base64url('{"alg":"RS256"}');

/**
 * RS256 is deterministic, so two tokens with the same claims would be the same string, and revoking
 * one would revoke the other. `variant` appends that many spaces to the payload: other string, same claims.
 */
export function signJwt(claims: JwtClaims, privateKey: KeyObject, variant = 0): string {
  const signed = `${header}.${base64url(JSON.stringify(claims) + ' '.repeat(variant))}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

export function verifyJwt(jwt: string, publicKey: KeyObject): JwtReading {
  const reading = readJwt(jwt);
  const [head = '', payload = '', signature = ''] = jwt.split('.');
  return reading.kind === 'valid' &&
    verify('sha256', Buffer.from(`${head}.${payload}`), publicKey, Buffer.from(signature, 'base64url'))
    ? reading
    : { kind: 'invalid' };
}

/** Of whoever signed it: well-formed, and said to be signed RS256. */
export function readJwt(jwt: string): JwtReading {
  const match = /^([\w-]+)\.([\w-]+)\.[\w-]+$/.exec(jwt);
  if (match === null) return { kind: 'invalid' };
  const [, head = '', payload = ''] = match;
  const claims = parseObject(head)?.['alg'] === 'RS256' ? parseObject(payload) : undefined;
  return claims === undefined ? { kind: 'invalid' } : { kind: 'valid', claims };
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function parseObject(part: string): JwtClaims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JwtClaims)
      : undefined;
  } catch {
    return undefined;
  }
}
