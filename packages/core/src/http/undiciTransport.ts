import { Pool, type Dispatcher } from 'undici';
import type { Clock } from '../time/clock.js';
import { isErrorLike } from '../errorShape.js';
import { PassError } from '../errors.js';
import { decodeBody } from './decodeBody.js';
import { ExchangePlaces } from './ExchangePlaces.js';
import {
  TransportFailure,
  type Transport,
  type UpstreamRequest,
  type UpstreamResponse,
} from './Transport.js';
import type { Timing } from '../timing.js';

export interface UndiciTransportOptions {
  /** Scheme, host and port; see `resolveBaseUrl`. */
  readonly baseUrl: URL;
  /** Used as it is, with its own limits, and never closed. By default a pool of this transport's own. */
  readonly dispatcher?: Dispatcher | undefined;
  /** For the whole exchange, from `send` to the last byte of the body. */
  readonly timeoutMs: number;
  /**
   * `concurrentExchanges`: over the transport's own pool; more of them wait, within their timeout. `keptForTokens`: of these. `maxResponseBytes`: of
   * one body; a long list of providers has a few hundred kB.
   */
  readonly timing: Timing['upstream'];
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * The transport over undici: HTTP/1.1, keep-alive; follows nothing, repeats nothing, ends every exchange in time.
 *
 * Adobe moves traffic by DNS and wants servers to follow within 30 s; Node looks a name up whenever it opens a socket.
 * undici counts `clientTtl` from the moment a client connected. It looks at the age only when the client is about to be
 * given another request, and then lets it end what it carries. So a socket can carry a request that began at its last
 * moment, but none that began later. Idle sockets are not looked at: these end by the keep-alive timeout, which for that
 * reason must not be longer either, whatever the server offers.
 */
export function createUndiciTransport(options: UndiciTransportOptions): Transport {
  const { baseUrl, clock, timeoutMs, timing } = options;
  const { maxResponseBytes } = timing;
  const terms: Terms = { host: baseUrl.host, timeoutMs, maxResponseBytes };
  const isOwn = options.dispatcher === undefined;
  const dispatcher = options.dispatcher ?? createPool(baseUrl, timeoutMs, timing);
  const places = new ExchangePlaces(isOwn ? timing.concurrentExchanges : Infinity, timing.keptForTokens);
  const running = new Set<Promise<UpstreamResponse>>();
  let closing: Promise<void> | undefined;

  async function end(): Promise<void> {
    await Promise.allSettled(running);
    // Not `close`: that would wait for connections which nobody waits for any more.
    if (isOwn) await dispatcher.destroy();
  }

  return {
    send(request) {
      if (closing !== undefined) return Promise.reject(closed(terms));
      const sent = new Promise<UpstreamResponse>((resolve, reject) => {
        const exchange = new Exchange(terms, clock.now(), resolve, reject);
        exchange.leave = places.enter(request.headers['authorization'] !== undefined, () => {
          if (exchange.settled) return;
          if (closing === undefined) exchange.start(dispatcher, baseUrl.origin, request);
          else exchange.fail(closed(terms));
        });
        // Over before it had a place to leave.
        if (exchange.settled) exchange.leave();
      });
      running.add(sent);
      const forget = (): boolean => running.delete(sent);
      sent.then(forget, forget);
      return sent;
    },
    async close() {
      closing ??= end();
      await closing;
    },
  };
}

function createPool(
  baseUrl: URL,
  timeoutMs: number,
  { socketLifeMs, idleSocketMs }: Timing['upstream'],
): Pool {
  return new Pool(baseUrl.origin, {
    // No `connections`: in undici 7, a limit together with clientTtl leaves queued requests without a client, or hands
    // them to one that is closing (nodejs/undici#5144, nodejs/undici#5677). `ExchangePlaces` is the limit instead.
    connections: null,
    clientTtl: socketLifeMs,
    keepAliveTimeout: idleSocketMs,
    keepAliveMaxTimeout: idleSocketMs,
    connectTimeout: timeoutMs,
    allowH2: false,
    pipelining: 1,
  });
}

interface Terms {
  readonly host: string;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

/** One request and its answer. Settles once; whatever undici reports afterwards goes nowhere. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #terms: Terms;
  readonly #requestedAt: number;
  readonly #resolve: (response: UpstreamResponse) => void;
  readonly #reject: (failure: TransportFailure | PassError) => void;
  readonly #deadline: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: UpstreamResponse['headers'] = {};
  #length = 0;
  settled = false;
  leave: (() => void) | undefined;

  constructor(
    terms: Terms,
    requestedAt: number,
    resolve: (response: UpstreamResponse) => void,
    reject: (failure: TransportFailure | PassError) => void,
  ) {
    this.#terms = terms;
    this.#requestedAt = requestedAt;
    this.#resolve = resolve;
    this.#reject = reject;
    // A timer of the system, not of the injected clock: sockets live in real time, and where a test's clock stands
    // still, a dead one must fail all the same. One timer for the whole, because undici's own timeouts start again with
    // every byte of a body: one byte per second would hold a viewer for ever.
    this.#deadline = setTimeout(
      () => this.#stop('timeout', `no complete answer within ${terms.timeoutMs} ms`),
      terms.timeoutMs,
    );
  }

  start(dispatcher: Dispatcher, origin: string, request: UpstreamRequest): void {
    const { method, path, headers, body } = request;
    try {
      dispatcher.dispatch(
        // Zero switches undici's own timeouts off: the deadline is stricter than both.
        {
          origin,
          path,
          method,
          // Some proxies compress whatever does not say this.
          headers: { 'accept-encoding': 'identity', ...headers },
          body: body ?? null,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        this,
      );
    } catch (error) {
      if (isOfOtherHandlers(error)) this.fail(wrongDispatcher());
      else this.onResponseError(undefined, error);
    }
  }

  /** undici calls this when a connection is there and nothing has been written yet. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.settled) controller.abort(new Error('given up'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: UpstreamResponse['headers'],
  ): void {
    this.#status = status;
    this.#headers = headers;
    // Whatever came before is void: it was an interim answer, or a dispatcher of the user's repeats a request by itself.
    this.#chunks.length = 0;
    this.#length = 0;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return;
    this.#length += chunk.length;
    if (this.#length > this.#terms.maxResponseBytes) {
      this.#stop('too_large', `the answer is longer than ${this.#terms.maxResponseBytes} bytes`);
      return;
    }
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.settled) return;
    const [first] = this.#chunks;
    const body =
      first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#length);
    const { 'content-encoding': contentEncoding, ...headers } = this.#headers;
    if (contentEncoding === undefined) return this.#answer(this.#headers, body);
    const { maxResponseBytes } = this.#terms;
    const decoded = decodeBody(body, [contentEncoding].flat().join(), maxResponseBytes);
    switch (decoded.kind) {
      case 'decoded':
        // That of what was sent, which is not what there is now.
        return this.#answer({ ...headers, 'content-length': undefined }, decoded.body);
      case 'too_large':
        return this.#stop('too_large', `the answer is longer than ${maxResponseBytes} bytes once decoded`);
      case 'undecodable':
        return this.#answer(this.#headers, body);
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    const code = codeOf(error);
    const reason = timeoutCodes.has(code) ? 'timeout' : sizeCodes.has(code) ? 'too_large' : 'connection';
    this.#stop(reason, code);
  }

  fail(failure: TransportFailure | PassError): void {
    if (this.#settle()) this.#reject(failure);
  }

  #answer(headers: UpstreamResponse['headers'], body: Buffer): void {
    if (!this.#settle()) return;
    this.#resolve({ status: this.#status, headers, body, requestedAt: this.#requestedAt });
  }

  #stop(reason: TransportFailure['reason'], what: string): void {
    // Given up before the connection was there: then `onRequestStart` aborts, and nothing is ever written.
    const mayBeProcessed = this.#controller !== undefined;
    this.fail(new TransportFailure(reason, mayBeProcessed, `${this.#terms.host}: ${what}`));
    this.#controller?.abort(new Error('given up'));
  }

  #settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.#deadline);
    this.leave?.();
    return true;
  }
}

const timeoutCodes: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
]);

const sizeCodes: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_EXCEEDED_MAX_SIZE']);

/**
 * Whether a dispatcher threw because the methods of the handler are not those that it calls. Of undici 6 every one does,
 * before it does anything, or its RetryAgent calls one that is not there; of undici 7 none throws for a request, but tells
 * the handler.
 */
function isOfOtherHandlers(error: unknown): boolean {
  if (codeOf(error) === 'UND_ERR_INVALID_ARG') return true;
  return isErrorLike(error) && error.message.endsWith('.onConnect is not a function');
}

function wrongDispatcher(): PassError {
  return new PassError(
    'option_invalid',
    'dispatcher must be of undici 7 or later, received one that does not take its handlers, as those of undici 6',
  );
}

/** The error's code or name. Its message is not used: some quote what was read, or the header that was refused. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error;
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  for (const word of [code, name]) {
    if (typeof word === 'string' && /^\w{1,60}$/.test(word)) return word;
  }
  return 'unknown error';
}

function closed(terms: Terms): TransportFailure {
  return new TransportFailure('connection', false, `${terms.host}: the transport is closed`);
}
