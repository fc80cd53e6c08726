import type { CacheEntry, SwapResult, Version } from '@pass-dcr/core';
import { RedisFailure } from '../RedisFailure.js';
import { entryOf } from './storedValue.js';

/** A reply that is text, whichever way the client was told to give it; `null` for nil. */
export function textOf(reply: unknown): string | null {
  if (reply === null || reply === undefined) return null;
  if (typeof reply === 'string') return reply;
  if (Buffer.isBuffer(reply)) return reply.toString('utf8');
  if (reply instanceof Uint8Array) return Buffer.from(reply).toString('utf8');
  throw new RedisFailure('unusable', `a reply is ${typeof reply} where text was expected`);
}

export function listOf(reply: unknown): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw new RedisFailure('unusable', `a reply is ${typeof reply} where a list was expected`);
}

export function entriesOf(reply: unknown, count: number): readonly (CacheEntry | null)[] {
  const values = listOf(reply);
  if (values.length !== count) {
    throw new RedisFailure('unusable', `a reply has ${values.length} values where ${count} were expected`);
  }
  return values.map((value) => {
    const text = textOf(value);
    return text === null ? null : entryOf(text);
  });
}

/** What `swapScript` answered to a write of `version`; `null`: a deletion. */
export function swapResultOf(reply: unknown, version: Version | null): SwapResult {
  const text = textOf(reply);
  if (text === 'stored') return { ok: true, version };
  if (text === 'absent') return { ok: false, current: null };
  if (text?.startsWith('=') === true) return { ok: false, current: entryOf(text.slice(1)) };
  throw new RedisFailure('unusable', 'the reply to a write is none of its script');
}
