import { randomBytes } from 'node:crypto';
import type { CacheEntry, CacheWrite } from '@pass-dcr/core';

/** 96 random bits as base64url. */
const versionLength = 16;

/** When an entry ends, by the wall clock that wrote it. */
export interface Expiry {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The life that it was given, in milliseconds; `null` in entries of before it was stored. */
  readonly forMs: number | null;
}

/** What lies under a key: a version, when it ends, and the value, in that order and as text. */
export interface StoredEntry extends CacheEntry {
  /** `null`: never. */
  readonly expiry: Expiry | null;
}

/** Gives `write` a version, and an end by the wall clock, which the processes of one host share. */
export function stampEntry({ value, ttlMs }: CacheWrite, now: number): StoredEntry {
  return {
    value,
    version: randomBytes((versionLength * 3) / 4).toString('base64url'),
    expiry: ttlMs === null ? null : { at: now + ttlMs, forMs: ttlMs },
  };
}

export function encodeEntry({ version, expiry, value }: StoredEntry): Buffer {
  const end = expiry === null ? '' : `${expiry.at}+${expiry.forMs}`;
  return Buffer.from(`${version}${end}.${value}`, 'utf8');
}

/** Throws for what no version of this package wrote: such an entry is not absent, it is unknown. */
export function decodeEntry(bytes: Buffer): StoredEntry {
  const text = bytes.toString('utf8');
  const dot = text.indexOf('.', versionLength);
  const end = /^(?:([0-9]+)(?:\+([0-9]+))?)?$/.exec(text.slice(versionLength, dot));
  if (dot === -1 || end === null) throw new Error(`an entry of ${bytes.length} bytes has no readable head`);
  const [, at, forMs] = end;
  return {
    version: text.slice(0, versionLength),
    expiry: at === undefined ? null : { at: Number(at), forMs: forMs === undefined ? null : Number(forMs) },
    value: text.slice(dot + 1),
  };
}

/** An end that is further away than the whole life of the entry was set by a clock that has stepped back since. */
export function isExpired({ expiry }: StoredEntry, now: number): boolean {
  if (expiry === null) return false;
  const leftMs = expiry.at - now;
  return leftMs <= 0 || (expiry.forMs !== null && leftMs > expiry.forMs);
}
