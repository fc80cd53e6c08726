import type { Device } from '../device/Device.js';
import { isPassError } from '../errors.js';
import { unreachable } from '../http/failure.js';
import { parseProtectedResponse, type ParsedResponse } from '../http/parseProtectedResponse.js';
import { TransportFailure, type UpstreamRequest } from '../http/Transport.js';
import type { ApiRuntime } from './ApiRuntime.js';
import { judge, throttledError, type Outcome } from './judge.js';
import type { Deadline } from '../time/Deadline.js';

/** One call below `/api/v2/`, but for its token. The body is text, so that it can be sent again. */
export interface ProtectedCall extends UpstreamRequest {
  /** Names the call in messages. */
  readonly name: string;
}

/** The parts of the runtime that a call needs. */
export type CallRuntime = Pick<ApiRuntime, 'transport' | 'tokens' | 'gate' | 'clock' | 'random' | 'closing'>;

/** A call, whose it is, and how long its caller waits for it. */
export interface PlacedCall {
  /** What `runtime.tokens` knows the device by. */
  readonly key: string;
  readonly device: Device;
  readonly call: ProtectedCall;
  readonly deadline: Deadline;
}

/**
 * Makes one protected call: token, turn, attempt, and what the answer asks for.
 * @throws PassError, or the reason of the caller's signal
 */
export async function callProtected(runtime: CallRuntime, placed: PlacedCall): Promise<ParsedResponse> {
  const { random, tokens } = runtime;
  const { key, device, call, deadline } = placed;
  const { name, method } = call;
  const { signal } = deadline;
  const address = call.headers['x-forwarded-for'];
  signal?.throwIfAborted();
  let token = tokens.peek(key, device) ?? (await tokens.get(key, device, { signal, deadline: deadline.at }));
  let replayed = false;
  let retries = 0;
  for (;;) {
    await takeTurn(runtime, address, deadline);
    const { outcome, throttledMs } = await deadline.during(attempt(runtime, call, token, address));
    const { remainingMs } = deadline;
    const verdict = judge(outcome, {
      method,
      name,
      replayed,
      retries,
      throttledMs,
      remainingMs,
      random: random(),
    });
    switch (verdict.type) {
      case 'deliver':
        return verdict.answer;
      case 'fail':
        throw verdict.error;
      case 'waitAndRetry':
        retries += 1;
        await deadline.pause(verdict.waitMs, runtime.closing);
        break;
      case 'refreshAndReplay':
        replayed = true;
        try {
          token = await tokens.get(key, device, { rejected: token, signal, deadline: deadline.at });
        } catch (error) {
          // A refresh was forced for this device a moment ago: what Adobe Pass said tells more than that.
          throw isPassError(error) && error.code === 'access_token_rejected' ? verdict.otherwise : error;
        }
        break;
    }
  }
}

/** Waits until the address may be used. A wait beyond the caller's deadline fails at once instead. */
async function takeTurn(
  { gate, closing }: CallRuntime,
  address: string | undefined,
  deadline: Deadline,
): Promise<void> {
  for (let waitMs = gate.waitMs(address); waitMs > 0; waitMs = gate.waitMs(address)) {
    if (waitMs > deadline.remainingMs) throw throttledError(waitMs);
    await deadline.pause(waitMs, closing);
  }
}

/** One exchange. A 429 is noted here, because it concerns the address even if this caller has gone meanwhile. */
async function attempt(
  runtime: CallRuntime,
  call: ProtectedCall,
  token: string,
  address: string | undefined,
): Promise<{ readonly outcome: Outcome<ParsedResponse>; readonly throttledMs: number }> {
  const outcome = await exchange(runtime, call, token);
  const isThrottled = outcome.kind === 'failed' && outcome.failure.kind === 'throttled';
  const throttledMs = isThrottled ? runtime.gate.throttled(address, outcome.failure.retryAfterMs) : 0;
  return { outcome, throttledMs };
}

async function exchange(
  { transport, closing }: CallRuntime,
  { name: _name, ...request }: ProtectedCall,
  token: string,
): Promise<Outcome<ParsedResponse>> {
  closing.throwIfAborted();
  const headers = { ...request.headers, authorization: `Bearer ${token}` };
  try {
    const result = parseProtectedResponse(await transport.send({ ...request, headers }));
    return result.ok
      ? { kind: 'answered', answer: result.response }
      : { kind: 'failed', failure: result.failure };
  } catch (error) {
    if (error instanceof TransportFailure) return { kind: 'failed', failure: unreachable(error) };
    throw error;
  }
}
