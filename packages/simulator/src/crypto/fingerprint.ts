import { createHash } from 'node:crypto';

/**
 * The first 16 hex digits of a SHA-256: enough to tell in a test whether two tokens are the same,
 * and nothing that could be presented as one.
 */
export function fingerprint(secret: string): string {
  return digest(secret).slice(0, 16);
}

/** The key under which a token or a statement is kept, so that the value itself is not. */
export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** A UUID derived from a name, the same in every process (RFC 9562, version 8). */
export function uuidFromName(name: string): string {
  const hex = digest(`pass-simulator:${name}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
