import { addressGroup } from '../device/clientAddress.js';
import { monotonicOf, type Clock, type Timer } from '../time/clock.js';
import type { Deadline } from '../time/Deadline.js';
import type { Timing } from '../timing.js';
import type { AddressGate } from './AddressGate.js';
import {
  afterAnswer,
  afterCall,
  freshPace,
  throttledPace,
  waitMsOf,
  type Pace,
  type PaceTerms,
} from './addressPace.js';

/** Leave to make one call for an address. Whoever has it says what came of it, or that it was not made. */
export interface AddressTurn {
  answered(): void;
  /** `waitMs`: nothing goes out for the address meanwhile. */
  throttled(waitMs: number): void;
  /** A page of the gateway instead of an answer. Whether it is the second in a row for this address. */
  forbidden(isFirstAttempt: boolean): boolean;
  /** Nothing is known of it: it was not answered, or not made. */
  end(): void;
}

interface Waiter {
  readonly deadline: Deadline;
  /** A turn, or for how long it would have to wait beyond what it can. */
  readonly resolve: (turn: AddressTurn | number) => void;
  /** What it was given. */
  turn: AddressTurn | null;
}

interface Line {
  readonly address: string | undefined;
  readonly terms: PaceTerms;
  readonly waiting: Set<Waiter>;
  pace: Pace;
  forbiddenAt: number;
  timer: Timer | null;
}

export interface AddressLinesOptions {
  readonly gate: AddressGate;
  readonly clock: Clock;
  readonly closing: AbortSignal;
  readonly timing: Pick<Timing, 'machine' | 'upstream'>;
}

/**
 * The calls of this process for each address, one after the other where Adobe Pass may not take more. As many as it is
 * known to take go out at once. One more goes alone, and what comes of it decides about the next. After a 429 they go out
 * at the pace that Adobe Pass documents; what would have to wait for longer than its caller does is told so at once.
 */
export class AddressLines {
  readonly #options: AddressLinesOptions;
  /** By address group, the one used last at the end. */
  readonly #lines: Map<string, Line> = new Map();

  constructor(options: AddressLinesOptions) {
    this.#options = options;
  }

  /** Milliseconds that a call for the address would wait for its turn, if it came now; 0: none. */
  waitMs(address: string | undefined): number {
    const line = this.#lines.get(groupOf(address));
    if (line === undefined) return this.#options.gate.waitMs(address);
    const waitMs = this.#waitMs(line, line.waiting.size);
    return waitMs === Infinity ? this.#options.timing.machine.throttleMs : waitMs;
  }

  /** A turn at once, or for how long there is none. It is taken by calls that nobody knows how Adobe Pass takes, too. */
  now(address: string | undefined): AddressTurn | number {
    const line = this.#lineOf(address);
    const waitMs = this.#waitMs(line, 0);
    return waitMs === 0 || waitMs === Infinity ? this.#take(line) : waitMs;
  }

  /**
   * A turn, when it comes; or for how long it would have to wait beyond what it can.
   * @throws the reason of `closing`, or of the caller's signal
   */
  async enter(address: string | undefined, deadline: Deadline): Promise<AddressTurn | number> {
    const { closing, timing } = this.#options;
    const line = this.#lineOf(address);
    if (line.waiting.size === 0 && this.#waitMs(line, 0) === 0) return this.#take(line);
    const waitMs = this.#waitMs(line, line.waiting.size);
    if (waitMs !== Infinity && waitMs > deadline.remainingMs) return waitMs;
    if (line.waiting.size >= timing.upstream.waitingPerAddress) return this.waitMs(address);
    const { promise, resolve } = deferred<AddressTurn | number>();
    const waiter: Waiter = { deadline, resolve, turn: null };
    line.waiting.add(waiter);
    this.#advance(line);
    try {
      return await deadline.during(promise, closing);
    } catch (error) {
      // Its turn may have come at this very instant.
      waiter.turn?.end();
      const isTooLate = deadline.remainingMs <= 0 && !closing.aborted && deadline.signal?.aborted !== true;
      if (!isTooLate) throw error;
      // Others took longer than was to be expected.
      return Math.max(timing.machine.throttleMs, this.waitMs(address));
    } finally {
      line.waiting.delete(waiter);
      if (line.waiting.size === 0) line.timer?.cancel();
    }
  }

  /** Milliseconds until the call may go out before which there are so many others. */
  #waitMs(line: Line, others: number): number {
    const { gate, clock } = this.#options;
    const now = monotonicOf(clock);
    const gateMs = gate.waitMs(line.address);
    // Another process may have met it, or a call of before this line.
    if (gateMs > 0 && line.pace.intervalMs === 0)
      line.pace = throttledPace(line.pace, now, gateMs, line.terms);
    const paceMs = waitMsOf(line.pace, now, line.terms);
    return Math.max(gateMs, paceMs) + others * line.pace.intervalMs;
  }

  #take(line: Line): AddressTurn {
    const { clock, timing } = this.#options;
    const { pace, probes } = afterCall(line.pace, monotonicOf(clock), line.terms);
    line.pace = pace;
    let isOver = false;
    const over = (next: () => Pace): void => {
      if (isOver) return;
      isOver = true;
      line.pace = next();
      this.#advance(line);
    };
    return {
      answered: () => over(() => afterAnswer(line.pace, probes, line.terms)),
      throttled: (waitMs) => over(() => throttledPace(line.pace, monotonicOf(clock), waitMs, line.terms)),
      forbidden: (isFirstAttempt) => {
        const now = monotonicOf(clock);
        const isSecond = isFirstAttempt && now - line.forbiddenAt < timing.upstream.forbiddenTogetherMs;
        line.forbiddenAt = now;
        return isSecond;
      },
      end: () => over(() => (probes ? { ...line.pace, isProbed: false } : line.pace)),
    };
  }

  /** Lets those go out whose turn it is, and tells those who cannot wait for theirs. */
  #advance(line: Line): void {
    line.timer?.cancel();
    line.timer = null;
    let others = 0;
    for (const waiter of line.waiting) {
      const waitMs = this.#waitMs(line, others);
      if (waitMs === 0) {
        line.waiting.delete(waiter);
        waiter.turn = this.#take(line);
        waiter.resolve(waiter.turn);
      } else if (waitMs !== Infinity && waitMs > waiter.deadline.remainingMs) {
        line.waiting.delete(waiter);
        waiter.resolve(waitMs);
      } else {
        others += 1;
      }
    }
    const waitMs = this.#waitMs(line, 0);
    if (others > 0 && waitMs !== Infinity)
      line.timer = this.#options.clock.setTimer(() => this.#advance(line), Math.max(1, waitMs));
  }

  #lineOf(address: string | undefined): Line {
    const { clock, timing } = this.#options;
    const group = groupOf(address);
    const known = this.#lines.get(group);
    if (known !== undefined) {
      this.#lines.delete(group);
      this.#lines.set(group, known);
      return known;
    }
    const terms = termsOf(address, timing.upstream);
    const line: Line = {
      address,
      terms,
      waiting: new Set(),
      pace: freshPace(monotonicOf(clock), terms),
      forbiddenAt: -Infinity,
      timer: null,
    };
    this.#lines.set(group, line);
    this.#makeRoom();
    return line;
  }

  /** Devices name their addresses, so there is no end to them: the one that was not used for longest makes room. */
  #makeRoom(): void {
    if (this.#lines.size <= this.#options.timing.upstream.throttledAddresses) return;
    for (const [group, line] of this.#lines) {
      if (line.waiting.size > 0) continue;
      this.#lines.delete(group);
      return;
    }
  }
}

/**
 * The server's own address is not asked to prove itself before it is throttled, and not for long afterwards: nothing may
 * slow all devices down that was not meant for all of them.
 */
function termsOf(
  address: string | undefined,
  { addressBurst, addressPerSecond, answersToTrust }: Timing['upstream'],
): PaceTerms {
  return address === undefined
    ? { burst: Infinity, perSecond: addressPerSecond, answersToTrust: 1 }
    : { burst: addressBurst, perSecond: addressPerSecond, answersToTrust };
}

function deferred<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((done) => (resolve = done));
  return { promise, resolve };
}

function groupOf(address: string | undefined): string {
  return address === undefined ? 'server' : addressGroup(address);
}
