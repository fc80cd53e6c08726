import type { Device } from '../device/Device.js';
import type { UpstreamEndpoint } from '../diagnostics.js';
import { isPassError } from '../errors.js';
import { echoesOf, withoutEchoes, type EchoTest } from '../http/echoes.js';
import type { Processed } from '../http/failure.js';
import { parseProtectedResponse, type ParsedResponse } from '../http/parseProtectedResponse.js';
import type { UpstreamRequest, UpstreamResponse } from '../http/Transport.js';
import type { Deadline } from '../time/Deadline.js';
import type { Outcome } from '../upstream/Upstream.js';
import type { ApiRuntime } from './ApiRuntime.js';
import { judge, throttledError } from './judge.js';
import { showsSignIn, type SignInPart } from './signInPart.js';

/** One call below `/api/v2/`, but for its token. The body is text, so that it can be sent again. */
export interface ProtectedCall extends UpstreamRequest {
  readonly endpoint: UpstreamEndpoint;
  readonly signIn?: SignInPart | undefined;
  /** Called where the call waits for something else than its answer: a token, its address, a repetition. */
  readonly onHeldUp?: (() => void) | undefined;
  /** Reads the answer. Default: `parseProtectedResponse`. */
  readonly read?: ((response: UpstreamResponse) => Processed<ParsedResponse>) | undefined;
}

/** A call, whose it is, and how long its caller waits for it. */
export interface PlacedCall {
  /** What `runtime.tokens` knows the device by. */
  readonly key: string;
  readonly device: Device;
  readonly call: ProtectedCall;
  readonly deadline: Deadline;
}

/** The parts of the runtime that a call needs. */
export type CallRuntime = Pick<ApiRuntime, 'upstream' | 'tokens' | 'random' | 'closing' | 'timing'>;

/**
 * Makes one protected call: token, exchange, and what the answer asks for. The token of a call that may bind a viewer is of
 * a pair that has just been confirmed.
 * @throws PassError, or the reason of the caller's signal
 */
export async function callProtected(runtime: CallRuntime, placed: PlacedCall): Promise<ParsedResponse> {
  const { random, tokens, closing, timing } = runtime;
  const { key, device, call, deadline } = placed;
  const { method, endpoint } = call;
  const { signal, at } = deadline;
  signal?.throwIfAborted();
  const binds = call.signIn === 'begins';
  const { onHeldUp } = call;
  if (onHeldUp !== undefined && tokens.peek(key, device) === undefined) onHeldUp();
  let token = binds
    ? await confirmedToken(runtime, placed)
    : (tokens.peek(key, device) ?? (await tokens.get(key, device, { signal, deadline: at })));
  let replayed = false;
  let retries = 0;
  for (;;) {
    const attempt = 1 + retries + (replayed ? 1 : 0);
    if (onHeldUp !== undefined && runtime.upstream.waitMs(call.headers['x-forwarded-for']) > 0) onHeldUp();
    const outcome = await exchange(runtime, placed, token, attempt);
    const { remainingMs } = deadline;
    const verdict = judge(
      outcome,
      { method, endpoint, replayed, retries, remainingMs, random: random() },
      timing,
    );
    switch (verdict.type) {
      case 'deliver':
        if (call.signIn === 'shows' && showsSignIn(verdict.answer.body)) tokens.sawSignIn(key, token);
        return verdict.answer;
      case 'fail':
        throw verdict.error;
      case 'waitAndRetry':
        onHeldUp?.();
        retries += 1;
        await deadline.pause(verdict.waitMs, closing);
        break;
      case 'refreshAndReplay':
        onHeldUp?.();
        replayed = true;
        try {
          token = await tokens.get(key, device, { rejected: token, signal, deadline: at });
          if (binds) token = await confirmedToken(runtime, placed);
        } catch (error) {
          // A refresh was forced for this device a moment ago: what Adobe Pass said tells more than that.
          throw isPassError(error) && error.code === 'access_token_rejected' ? verdict.otherwise : error;
        }
        break;
    }
  }
}

/** The pair is not confirmed, which writes, for a call that is throttled for longer than its caller waits. */
async function confirmedToken({ upstream, tokens }: CallRuntime, placed: PlacedCall): Promise<string> {
  const { key, device, call, deadline } = placed;
  const waitMs = await upstream.ready(call.headers['x-forwarded-for'], deadline);
  if (waitMs > 0) throw throttledError({ kind: 'throttled', status: null, waitMs });
  const { signal, at } = deadline;
  return await tokens.get(key, device, { binds: true, signal, deadline: at });
}

async function exchange(
  { upstream, tokens }: CallRuntime,
  { key, device, call, deadline }: PlacedCall,
  token: string,
  attempt: number,
): Promise<Outcome<ParsedResponse>> {
  const { endpoint, method, path, body, read = parseProtectedResponse } = call;
  const headers = { accept, ...call.headers, authorization: `Bearer ${token}` };
  const outcome = await upstream.send({
    endpoint,
    request: { method, path, headers, body },
    read,
    attempt,
    turn: { kind: 'wait', deadline },
  });
  if (outcome.kind !== 'failed') return outcome;
  return { ...outcome, failure: withoutEchoes(outcome.failure, ownWords(tokens, key, device, token)) };
}

/** Adobe's pages: if the header is sent, it must be exactly this. */
const accept = 'application/json;charset=utf-8';

/** Tells what the call says of its device: an answer that repeats it must not take it into an error. */
export function ownWords(
  tokens: Pick<ApiRuntime['tokens'], 'pairOf'>,
  key: string,
  { identifier }: Device,
  token: string | undefined,
): EchoTest {
  const pair = tokens.pairOf(key);
  const ofPair = pair === null ? [] : [pair.clientId, pair.clientSecret];
  return echoesOf([identifier, ...ofPair, ...(token === undefined ? [] : [token])]);
}
