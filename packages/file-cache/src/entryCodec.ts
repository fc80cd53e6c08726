import { randomBytes } from 'node:crypto';
import type { CacheEntry, CacheWrite } from '@pass-dcr/core';

/** 96 random bits as base64url. */
const versionLength = 16;

/** What lies under a key: a version, when it ends, and the value, in that order and as text. */
export interface StoredEntry extends CacheEntry {
  /** Epoch milliseconds; `null`: never. */
  readonly expiresAt: number | null;
}

/** Gives `write` a version, and an end by the wall clock, which the processes of one host share. */
export function stampEntry({ value, ttlMs }: CacheWrite, now: number): StoredEntry {
  return {
    value,
    version: randomBytes((versionLength * 3) / 4).toString('base64url'),
    expiresAt: ttlMs === null ? null : now + ttlMs,
  };
}

export function encodeEntry({ version, expiresAt, value }: StoredEntry): Buffer {
  return Buffer.from(`${version}${expiresAt ?? ''}.${value}`, 'utf8');
}

/** Throws for what no version of this package wrote: such an entry is not absent, it is unknown. */
export function decodeEntry(bytes: Buffer): StoredEntry {
  const text = bytes.toString('utf8');
  const dot = text.indexOf('.', versionLength);
  const expiry = text.slice(versionLength, dot);
  if (dot === -1 || !/^[0-9]*$/.test(expiry))
    throw new Error(`an entry of ${bytes.length} bytes has no readable head`);
  return {
    version: text.slice(0, versionLength),
    expiresAt: expiry === '' ? null : Number(expiry),
    value: text.slice(dot + 1),
  };
}

export function isExpired({ expiresAt }: StoredEntry, now: number): boolean {
  return expiresAt !== null && now >= expiresAt;
}
