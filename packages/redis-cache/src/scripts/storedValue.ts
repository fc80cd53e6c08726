import { randomBytes } from 'node:crypto';
import type { CacheEntry, Version } from '@pass-dcr/core';

/** 96 random bits as base64url. */
const versionLength = 16;

/**
 * Stands before the value of what must not be used until replicas have confirmed it. No value begins with it, because
 * values are ASCII; a version of this package that does not know it finds a record that it cannot open.
 */
const unconfirmedMark = 'ÿ';

export function newVersion(): Version {
  return randomBytes((versionLength * 3) / 4).toString('base64url');
}

/**
 * What lies under a key is its version and then its value, as one text. What is too short for a version was not written
 * by this cache: it is an entry all the same, because a foreign value is not an absent one.
 */
export function entryOf(stored: string): CacheEntry {
  return {
    version: stored.slice(0, versionLength).padEnd(versionLength, '?'),
    value: stored.slice(versionLength),
  };
}

export function storedTextOf({ version, value }: CacheEntry): string {
  return `${version}${value}`;
}

export function isUnconfirmed({ value }: CacheEntry): boolean {
  return value.startsWith(unconfirmedMark);
}

export function asUnconfirmed(value: string): string {
  return `${unconfirmedMark}${value}`;
}

/** The entry as it is once replicas have confirmed it. */
export function asConfirmed({ version, value }: CacheEntry): CacheEntry {
  return { version, value: value.slice(unconfirmedMark.length) };
}
