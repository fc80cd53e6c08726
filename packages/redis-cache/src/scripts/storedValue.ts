import { randomBytes } from 'node:crypto';
import type { CacheEntry, Version } from '@pass-dcr/core';

/** 96 random bits as base64url. */
const versionLength = 16;

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
