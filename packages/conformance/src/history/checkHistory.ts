import type { CacheEntry } from '@pass-dcr/core';
import type { CacheHistory, Operation, SwapOperation } from './History.js';

/** What a history shows of the cache. */
export interface HistoryReport {
  readonly operations: number;
  /** Swaps that were answered as stored. */
  readonly stored: number;
  /** Swaps of which nobody knows what came of them. */
  readonly unknown: number;
  /** Swaps that were answered as stored and that nothing in the end stands upon: the store has lost them. */
  readonly lost: number;
  /** How it differs from a register with compare-and-set for each key; at most one for each key and kind. */
  readonly violations: readonly string[];
}

/**
 * Whether there is an order of the operations of each key, each between its call and its answer, in which a single register
 * with compare-and-set would have answered the same (linearizability). What was never answered may have happened or not.
 *
 * Every swap writes a value of its own and says what it stands upon, so the order of the swaps is known, and it remains to
 * find a moment for each: that takes time in proportion to the history, not exponential as for registers in general.
 */
export function checkHistory({ operations, last }: CacheHistory): HistoryReport {
  const reports = Array.from(byKey(operations), ([key, own]) => checkKey(key, own, last.get(key) ?? null));
  const swaps = operations.filter((operation) => operation.type === 'swap');
  const count = (type: SwapOperation['outcome']['type']): number =>
    swaps.filter(({ outcome }) => outcome.type === type).length;
  return {
    operations: operations.length,
    stored: count('stored'),
    unknown: count('unknown'),
    lost: reports.reduce((sum, { lost }) => sum + lost, 0),
    violations: reports.flatMap(({ violations }) => violations),
  };
}

/** `null`: absent, as every key is at first. */
type State = string | null;

interface KeyReport {
  readonly lost: number;
  readonly violations: readonly string[];
}

function checkKey(key: string, operations: readonly Operation[], last: CacheEntry | null): KeyReport {
  const violations: string[] = [];
  const names = new VersionNames();
  for (const operation of operations) names.learn(operation);
  if (last !== null) names.see(last);
  if (names.contradiction !== null) violations.push(`${key}: ${names.contradiction}`);

  const swaps = new Map<State, SwapOperation>();
  for (const operation of operations)
    if (operation.type === 'swap' && operation.outcome.type !== 'conflict')
      swaps.set(operation.value, operation);
  const unwritten = [...names.values].find((value) => !swaps.has(value));
  if (unwritten !== undefined) violations.push(`${key}: held ${unwritten}, which nobody wrote`);

  // From what stands there in the end, back to the first.
  const chain: SwapOperation[] = [];
  const visited = new Set<SwapOperation>();
  for (let state: State = last?.value ?? null; state !== null;) {
    const swap = swaps.get(state);
    if (swap === undefined || visited.has(swap)) break;
    visited.add(swap);
    chain.push(swap);
    state = names.stateOf(swap.expected);
  }
  chain.reverse();
  const lost = [...swaps.values()].filter(
    (swap) => swap.outcome.type === 'stored' && !visited.has(swap),
  ).length;
  if (lost > 0) violations.push(`${key}: ${lost} swaps that were answered as stored are lost`);

  const early = outOfOrder(chain, operations, names);
  if (early !== null) violations.push(`${key}: ${early}`);
  return { lost, violations };
}

/** Which value a version stands for: a version may be seen before the swap that wrote it is answered, or if it never is. */
class VersionNames {
  readonly #valueOf = new Map<string, string>();
  readonly values = new Set<string>();
  contradiction: string | null = null;

  learn(operation: Operation): void {
    if (operation.type === 'read') return this.see(operation.found);
    const { outcome, value } = operation;
    if (outcome.type === 'stored') this.see({ value, version: outcome.version });
    if (outcome.type === 'conflict') this.see(outcome.current);
  }

  see(entry: CacheEntry | null): void {
    if (entry === null) return;
    const { value, version } = entry;
    const known = this.#valueOf.get(version);
    if (known !== undefined && known !== value)
      this.contradiction = `version ${version} stood for ${known} and for ${value}`;
    this.#valueOf.set(version, value);
    this.values.add(value);
  }

  stateOf(version: string | null): State {
    return version === null ? null : (this.#valueOf.get(version) ?? version);
  }
}

/**
 * Each swap of the chain has a moment, no earlier than its call and than that of every operation that has seen the state
 * before it, and no later than its answer and than that of every operation that has seen its own state or a later one.
 */
function outOfOrder(
  chain: readonly SwapOperation[],
  operations: readonly Operation[],
  names: VersionNames,
): string | null {
  const positions = new Map<State, number>([[null, 0]]);
  chain.forEach(({ value }, index) => positions.set(value, index + 1));
  /** Of the moment at which the state with that number began. */
  const earliest = Array.from({ length: chain.length + 2 }, () => Number.NEGATIVE_INFINITY);
  const latest = Array.from({ length: chain.length + 2 }, () => Number.POSITIVE_INFINITY);
  const seen = (state: State, calledAt: number, answeredAt: number): void => {
    const position = positions.get(state);
    // What is lost has been counted.
    if (position === undefined) return;
    latest[position] = Math.min(latest[position] ?? 0, answeredAt);
    earliest[position + 1] = Math.max(earliest[position + 1] ?? 0, calledAt);
  };
  for (const operation of operations) {
    const { calledAt } = operation;
    if (operation.type === 'read') {
      seen(operation.found?.value ?? null, calledAt, operation.answeredAt);
      continue;
    }
    const { outcome, value } = operation;
    const answeredAt = operation.answeredAt ?? Number.POSITIVE_INFINITY;
    if (outcome.type === 'conflict') {
      seen(outcome.current?.value ?? null, calledAt, answeredAt);
      continue;
    }
    const position = positions.get(value);
    if (position === undefined || position === 0) continue;
    earliest[position] = Math.max(earliest[position] ?? 0, calledAt);
    latest[position] = Math.min(latest[position] ?? 0, answeredAt);
    if (positions.get(names.stateOf(operation.expected)) !== position - 1)
      return `${value} stands upon another swap than the one before it`;
  }
  for (let position = latest.length - 2; position >= 0; position -= 1)
    latest[position] = Math.min(latest[position] ?? 0, latest[position + 1] ?? 0);
  let from = Number.NEGATIVE_INFINITY;
  for (let position = 1; position <= chain.length; position += 1) {
    from = Math.max(from, earliest[position] ?? 0);
    const to = latest[position] ?? 0;
    if (from > to)
      return `a state was seen ${(from - to).toFixed(1)} ms after a later one, or before its own swap was called (${chain[position - 1]?.value})`;
  }
  return null;
}

function byKey(operations: readonly Operation[]): Map<string, Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const group = groups.get(operation.key);
    if (group === undefined) groups.set(operation.key, [operation]);
    else group.push(operation);
  }
  return groups;
}
