import { hasListeners, publish, type UpstreamEndpoint } from '../diagnostics.js';
import { unreachable, type Processed, type UpstreamFailure } from '../http/failure.js';
import {
  TransportFailure,
  type Transport,
  type UpstreamRequest,
  type UpstreamResponse,
} from '../http/Transport.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Deadline } from '../time/Deadline.js';
import type { Timing } from '../timing.js';
import type { AddressGate } from './AddressGate.js';
import { AddressLines, type AddressTurn } from './AddressLines.js';

/** How a call comes to its turn, where its address is to be left alone. */
export type Turn =
  /** It waits, for as long as its caller does. */
  | { readonly kind: 'wait'; readonly deadline: Deadline }
  /** At once or not at all, since whoever made it repeats it by itself. Rare, so the other processes are asked too. */
  | { readonly kind: 'now' };

/** One exchange to be made with Adobe Pass. */
export interface UpstreamCall<Answer> {
  readonly endpoint: UpstreamEndpoint;
  readonly request: UpstreamRequest;
  /** Never throws. */
  readonly read: (response: UpstreamResponse) => Processed<Answer>;
  /** 1, and one more for each repetition that whoever makes the call knows of. */
  readonly attempt: number;
  readonly turn: Turn;
}

/** Why an exchange brought no answer. */
export type Failed =
  /** `status: null`: of an earlier call, so that this one was not sent. */
  | { readonly kind: 'throttled'; readonly status: number | null; readonly waitMs: number }
  | { readonly kind: 'failed'; readonly failure: Exclude<UpstreamFailure, { readonly kind: 'throttled' }> };

export type Outcome<Answer> = { readonly kind: 'answered'; readonly answer: Answer } | Failed;

export interface UpstreamParts {
  readonly transport: Transport;
  readonly gate: AddressGate;
  readonly clock: Clock;
  readonly closing: AbortSignal;
  readonly timing: Pick<Timing, 'machine' | 'upstream'>;
  /** Shown every answer, with the instant at which it had come. */
  readonly onAnswer: (response: UpstreamResponse, receivedAt: number) => void;
}

/** The one way out to Adobe Pass: what holds for every exchange, whoever it is for and whatever it asks, stands here. */
export class Upstream {
  readonly #parts: UpstreamParts;
  readonly #lines: AddressLines;

  constructor(parts: UpstreamParts) {
    this.#parts = parts;
    this.#lines = new AddressLines(parts);
  }

  /** Asks the other processes about an address now, beside something else, instead of before its next call. */
  lookAhead(address: string | undefined): void {
    this.#parts.gate.lookAhead(address);
  }

  /**
   * Makes one exchange, when it is its address's turn. What is on the wire goes on without a caller that has left.
   * @throws the reason of `closing`; where it waits for its turn, what its deadline throws
   */
  async send<Answer>(call: UpstreamCall<Answer>): Promise<Outcome<Answer>> {
    const { closing } = this.#parts;
    const address = call.request.headers['x-forwarded-for'];
    closing.throwIfAborted();
    const turn = await this.#turnOf(address, call.turn);
    if (typeof turn === 'number') return { kind: 'throttled', status: null, waitMs: turn };
    // The turn may have taken its time.
    if (closing.aborted) turn.end();
    closing.throwIfAborted();
    const exchange = this.#exchange(call, address, turn);
    return await (call.turn.kind === 'wait' ? call.turn.deadline.during(exchange) : exchange);
  }

  /** Milliseconds that a call for this address would have to wait for its turn, if it came now; 0: it would go out at once. */
  waitMs(address: string | undefined): number {
    return this.#lines.waitMs(address);
  }

  /**
   * Waits until a call for this address could go out, without taking its turn. Milliseconds for which it would have to wait
   * beyond what it can; 0: it could.
   * @throws the reason of `closing`, or what the deadline throws
   */
  async ready(address: string | undefined, deadline: Deadline): Promise<number> {
    for (;;) {
      const waitMs = this.waitMs(address);
      if (waitMs <= 0 || waitMs > deadline.remainingMs) return waitMs;
      await deadline.pause(waitMs, this.#parts.closing);
    }
  }

  async #turnOf(address: string | undefined, turn: Turn): Promise<AddressTurn | number> {
    switch (turn.kind) {
      case 'wait':
        return await this.#lines.enter(address, turn.deadline);
      case 'now':
        await this.#parts.gate.look(address);
        return this.#lines.now(address);
    }
  }

  /** A 429 is noted here, because it concerns the address even if the caller has gone meanwhile. */
  async #exchange<Answer>(
    { endpoint, request, read, attempt }: UpstreamCall<Answer>,
    address: string | undefined,
    turn: AddressTurn,
  ): Promise<Outcome<Answer>> {
    const { transport, gate, clock, timing, onAnswer } = this.#parts;
    const startedAt = monotonicOf(clock);
    const answered = await transport.send(request).catch((error: unknown) => {
      turn.end();
      return transportFailure(error);
    });
    const durationMs = monotonicOf(clock) - startedAt;
    const receivedAt = clock.now();
    if (hasListeners()) {
      const how = 'status' in answered ? { status: answered.status } : { reason: answered.reason };
      publish({ type: 'upstreamAnswered', endpoint, attempt, durationMs, ...how });
    }
    if (!('status' in answered)) return { kind: 'failed', failure: unreachable(answered) };
    onAnswer(answered, receivedAt);
    const processed = read(answered);
    if (processed.ok) {
      turn.answered();
      return { kind: 'answered', answer: processed.answer };
    }
    const { failure } = processed;
    if (failure.kind !== 'throttled') {
      turn.answered();
      return { kind: 'failed', failure };
    }
    const { status, retryAfterMs } = failure;
    // A page of the gateway may be about this request only, and never holds up devices whose address is not known.
    if (status === 403 && !(turn.forbidden(attempt === 1) && address !== undefined)) {
      turn.end();
      return { kind: 'throttled', status, waitMs: Math.max(timing.machine.throttleMs, retryAfterMs ?? 0) };
    }
    const waitMs = gate.throttled(address, retryAfterMs);
    turn.throttled(waitMs);
    return { kind: 'throttled', status, waitMs };
  }
}

function transportFailure(error: unknown): TransportFailure {
  if (error instanceof TransportFailure) return error;
  throw error;
}
