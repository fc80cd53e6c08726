import { kindOf } from '../described.js';
import { CacheFailure } from './CacheFailure.js';
import type { CacheEntry, CacheFinding, SwapResult, Version } from './PassCache.js';

/** A cache is foreign code: its answer to `read(keys)` as the interface promises it, or `CacheFailure`. */
export function parseEntries(answer: unknown, keyCount: number): readonly (CacheEntry | null)[] {
  if (!Array.isArray(answer))
    throw new CacheFailure(`expected a list of entries, received ${kindOf(answer)}`);
  const entries: readonly unknown[] = answer;
  if (entries.length !== keyCount) {
    throw new CacheFailure(`expected ${keyCount} entries, received ${entries.length}`);
  }
  // By index: an iterator of the array's own could tell of fewer, and what is missing would count as absent.
  return Array.from({ length: keyCount }, (_, index) => parseEntry(entries[index]));
}

/** As `parseEntries`, for one batch of `keys`. */
export function parseKeys(answer: unknown): readonly string[] {
  if (Array.isArray(answer) && answer.every((key) => typeof key === 'string')) return answer;
  throw new CacheFailure(`expected a list of keys, received ${kindOf(answer)}`);
}

/** As `parseEntries`, for the answer to `check`. */
export function parseFindings(answer: unknown): readonly CacheFinding[] {
  if (answer === undefined) return [];
  if (!Array.isArray(answer))
    throw new CacheFailure(`expected a list of findings, received ${kindOf(answer)}`);
  const findings: readonly unknown[] = answer;
  return findings.map(parseFinding);
}

const levels: readonly unknown[] = ['error', 'warning', 'info'] satisfies CacheFinding['level'][];

function isLevel(level: unknown): level is CacheFinding['level'] {
  return levels.includes(level);
}

function parseFinding(finding: unknown): CacheFinding {
  const { level, code, message, failsStrict } = (finding ?? {}) as Readonly<Record<string, unknown>>;
  if (!isLevel(level) || typeof code !== 'string' || typeof message !== 'string')
    throw new CacheFailure(`expected { level, code, message } as a finding, received ${kindOf(finding)}`);
  return failsStrict === true ? { level, code, message, failsStrict } : { level, code, message };
}

/** As `parseEntries`, for a `swap` that expected the version `expected` and wrote or deleted. */
export function parseSwapResult(
  answer: unknown,
  expected: Version | null,
  operation: 'write' | 'delete',
): SwapResult {
  if (typeof answer !== 'object' || answer === null || !('ok' in answer)) {
    throw new CacheFailure(`expected { ok, … }, received ${kindOf(answer)}`);
  }
  if (answer.ok === true) {
    const version = 'version' in answer ? answer.version : undefined;
    if (operation === 'delete' && version === null) return { ok: true, version };
    if (operation === 'write' && isVersion(version))
      return 'durable' in answer && answer.durable === true
        ? { ok: true, version, durable: true }
        : { ok: true, version };
    const wanted = operation === 'delete' ? 'null' : 'a non-empty string';
    throw new CacheFailure(
      `expected ${wanted} as the version after a ${operation}, received ${kindOf(version)}`,
    );
  }
  if (answer.ok === false) {
    const current = parseEntry('current' in answer ? answer.current : undefined);
    if (current !== null && current.version === expected) {
      throw new CacheFailure('it reports a conflict although the key holds the expected version');
    }
    return { ok: false, current };
  }
  throw new CacheFailure(`expected true or false as ok, received ${kindOf(answer.ok)}`);
}

// `undefined` is no way to say absent: a cache that forgot a case must not cost a viewer the session.
function parseEntry(entry: unknown): CacheEntry | null {
  if (entry === null) return null;
  if (typeof entry !== 'object' || !('value' in entry) || !('version' in entry)) {
    throw new CacheFailure(`expected { value, version } or null as an entry, received ${kindOf(entry)}`);
  }
  const { value, version } = entry;
  if (typeof value !== 'string' || !isVersion(version)) {
    throw new CacheFailure(
      `expected an entry of two strings, received ${kindOf(value)} as value and ${kindOf(version)} as version`,
    );
  }
  return { value, version };
}

function isVersion(version: unknown): version is Version {
  return typeof version === 'string' && version !== '';
}
