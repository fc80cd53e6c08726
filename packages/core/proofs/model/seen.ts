import type { Fingerprint } from './fingerprint.js';
import type { World } from './world.js';

/*
 * Of two worlds that differ only in what may still go wrong, and in how strict the invariants are, the one where more
 * may go wrong and where they are stricter can do whatever the other can, so the other need not be explored.
 * Each of these numbers has a field of its own in a word; the topmost bit of a field stays free for the comparison.
 */

const fieldBits = 3;
const faultGuards = 0b100_100_100_100_100_100_100_100_100_100;

function faultsLeft({ budget, history }: World): number {
  const { pause, crash, lost, kill, stale, replica, forget, signIn } = budget;
  const strict = [history.calm ? 1 : 0, history.destroyed ? 0 : 1];
  return pack(pause, crash, lost, kill, stale, replica, ...strict, forget, signIn);
}

const mostSlack = 15;
const strictnessAt = 8 * fieldBits;
const otherGuards = 0b10000_100_100_100_100_100_100_100_100;

function othersLeft({ budget, history }: World): number {
  const { unreadable, refusal, denial, reject, leave, slow, recheck, witness } = budget;
  const slack = Math.min(mostSlack, history.excuses + 1 - history.registrations);
  return (
    pack(unreadable, refusal, denial, reject, leave, slow, recheck, witness) |
    ((mostSlack - slack) << strictnessAt)
  );
}

function pack(...fields: readonly number[]): number {
  let packed = 0;
  for (let index = 0; index < fields.length; index += 1)
    packed |= (fields[index] ?? 0) << (fieldBits * index);
  return packed;
}

const atLeast = (one: number, other: number, guards: number): boolean =>
  (((one | guards) - other) & guards) === guards;

const none = -1;

/** What has been explored: fingerprints, and for each what could still go wrong. */
export class Seen {
  /** How many worlds were entered. */
  size = 0;
  #used = 0;
  #mask = (1 << 16) - 1;
  #highs: Uint32Array = new Uint32Array(1 << 16);
  #lows: Uint32Array = new Uint32Array(1 << 16);
  /** The entry of a fingerprint that was made last. */
  #heads: Int32Array = new Int32Array(1 << 16).fill(none);
  #faults: Int32Array = new Int32Array(1 << 16);
  #others: Int32Array = new Int32Array(1 << 16);
  #earlier: Int32Array = new Int32Array(1 << 16);

  /** Enters a world, unless exploring it would show nothing new. */
  add(world: World, { high, low }: Fingerprint): boolean {
    if (this.#used * 2 > this.#mask) this.#rehash();
    const faults = faultsLeft(world);
    const others = othersLeft(world);
    const at = this.#place(high, low);
    const head = this.#heads[at] ?? none;
    for (let entry = head; entry !== none; entry = this.#earlier[entry] ?? none) {
      const covered =
        atLeast(this.#faults[entry] ?? 0, faults, faultGuards) &&
        atLeast(this.#others[entry] ?? 0, others, otherGuards);
      if (covered) return false;
    }
    if (head === none) {
      this.#used += 1;
      this.#highs[at] = high;
      this.#lows[at] = low;
    }
    if (this.size === this.#faults.length) {
      this.#faults = longer(this.#faults);
      this.#others = longer(this.#others);
      this.#earlier = longer(this.#earlier);
    }
    this.#faults[this.size] = faults;
    this.#others[this.size] = others;
    this.#earlier[this.size] = head;
    this.#heads[at] = this.size;
    this.size += 1;
    return true;
  }

  #place(high: number, low: number): number {
    let at = (low ^ Math.imul(high, 0x9e3779b1)) & this.#mask;
    while (this.#heads[at] !== none && (this.#highs[at] !== high || this.#lows[at] !== low)) {
      at = (at + 1) & this.#mask;
    }
    return at;
  }

  #rehash(): void {
    const highs = this.#highs;
    const lows = this.#lows;
    const heads = this.#heads;
    this.#mask = this.#mask * 2 + 1;
    this.#highs = new Uint32Array(highs.length * 2);
    this.#lows = new Uint32Array(highs.length * 2);
    this.#heads = new Int32Array(highs.length * 2).fill(none);
    for (let from = 0; from < heads.length; from += 1) {
      const head = heads[from] ?? none;
      if (head === none) continue;
      const at = this.#place(highs[from] ?? 0, lows[from] ?? 0);
      this.#highs[at] = highs[from] ?? 0;
      this.#lows[at] = lows[from] ?? 0;
      this.#heads[at] = head;
    }
  }
}

function longer(words: Int32Array): Int32Array {
  const grown = new Int32Array(words.length * 2);
  grown.set(words);
  return grown;
}
