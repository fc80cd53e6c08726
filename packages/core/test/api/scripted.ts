import type { ApiRuntime } from '../../src/api/ApiRuntime.js';
import { ConfigurationCache } from '../../src/api/configuration/ConfigurationCache.js';
import type { Device } from '../../src/device/Device.js';
import { publishWarning, warningTable } from '../../src/diagnostics.js';
import type { AddressGate } from '../../src/upstream/AddressGate.js';
import {
  TransportFailure,
  type Transport,
  type UpstreamRequest,
  type UpstreamResponse,
} from '../../src/http/Transport.js';
import { Upstream } from '../../src/upstream/Upstream.js';
import { PermitCache } from '../../src/api/decisions/PermitCache.js';
import { SignIns } from '../../src/api/sessions/SignIns.js';
import type { AccessTokens, KnownPair, TokenOptions } from '../../src/session/AccessTokens.js';
import { ManualClock } from '../time/ManualClock.js';
import { upstreamResponse } from '../http/upstreamResponse.js';
import { defaultTiming } from '../../src/timing.js';

/** Status and body, or why there is none. `Promise`: the test says when. */
export type Answer = readonly [status: number, body?: unknown] | TransportFailure | Promise<UpstreamResponse>;

/** Answers from a list, and remembers what was sent. */
export class ScriptedTransport implements Transport {
  readonly sent: UpstreamRequest[] = [];
  readonly #answers: Answer[];

  constructor(answers: readonly Answer[]) {
    this.#answers = [...answers];
  }

  async send(request: UpstreamRequest): Promise<UpstreamResponse> {
    this.sent.push(request);
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`nothing is scripted for request ${this.sent.length}`);
    if (answer instanceof TransportFailure) throw answer;
    return answer instanceof Promise ? await answer : upstreamResponse(...answer);
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}

/** Issues token-1, token-2, … and remembers what it was asked. */
export class ScriptedTokens implements AccessTokens {
  readonly asked: TokenOptions[] = [];
  readonly signedInWith: string[] = [];
  onAsked: () => void = () => undefined;
  held: string | undefined = 'token-1';
  #issued = 1;
  refusal: Error | undefined;

  keyOf(device?: Pick<Device, 'identifier'>): string {
    return device === undefined ? 'the device' : `device ${String(device.identifier)}`;
  }

  onPeek: () => void = () => undefined;

  peek(): string | undefined {
    this.onPeek();
    return this.held;
  }

  pair: KnownPair | null = null;

  pairOf(): KnownPair | null {
    return this.pair;
  }

  readonly signedOutWith: string[] = [];

  sawSignOut(_key: string, accessToken: string): void {
    this.signedOutWith.push(accessToken);
  }

  sawSignIn(_key: string, accessToken: string): void {
    this.signedInWith.push(accessToken);
  }

  async get(_key: string, _device: Device, options: TokenOptions): Promise<string> {
    this.asked.push(options);
    this.onAsked();
    options.signal?.throwIfAborted();
    if (this.refusal !== undefined) throw this.refusal;
    if (this.held === undefined) this.held = `token-${this.#issued}`;
    else if (this.held === options.rejected) {
      this.#issued += 1;
      this.held = `token-${this.#issued}`;
    }
    return this.held;
  }
}

/** As the real one, without spread. */
export class ScriptedGate implements AddressGate {
  readonly #clock: ManualClock;
  readonly #until = new Map<string | undefined, number>();

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  waitMs(address: string | undefined): number {
    return Math.max(0, (this.#until.get(address) ?? 0) - this.#clock.now());
  }

  async look(): Promise<void> {
    // There are no other processes.
  }

  lookAhead(): void {
    // There are no other processes.
  }

  throttled(address: string | undefined, retryAfterMs: number | null): number {
    const waitMs = Math.max(1_000, retryAfterMs ?? 0);
    this.#until.set(address, this.#clock.now() + waitMs);
    return waitMs;
  }
}

export interface Stage extends ApiRuntime {
  readonly transport: ScriptedTransport;
  readonly gate: ScriptedGate;
  readonly tokens: ScriptedTokens;
  readonly clock: ManualClock;
  /** Ends every pause: advances the clock whenever nothing else happens, until `work` has settled. */
  readonly play: <Value>(work: Promise<Value>) => Promise<Value>;
  readonly shutDown: (reason: unknown) => void;
}

export function stage(...answers: readonly Answer[]): Stage {
  const clock = new ManualClock();
  const transport = new ScriptedTransport(answers);
  const tokens = new ScriptedTokens();
  const gate = new ScriptedGate(clock);
  const closing = new AbortController();
  return {
    serviceProvider: 'REF30',
    transport,
    gate,
    upstream: new Upstream({
      transport,
      gate,
      clock,
      closing: closing.signal,
      timing: defaultTiming,
      onAnswer: () => undefined,
    }),
    tokens,
    clock,
    proxyTrust: { sent: () => undefined, warn: (code) => publishWarning(code, warningTable[code]) },
    tagOf: ({ identifier }) => `tag of ${identifier.length}`,
    random: () => 0,
    timing: defaultTiming.calls,
    baseUrl: new URL('https://sp.auth.adobe.com'),
    signIns: new SignIns(100),
    permits: new PermitCache(clock, defaultTiming.calls),
    resourcesPerPreauthorize: 5,
    configurations: new ConfigurationCache(clock, defaultTiming.calls),
    closing: closing.signal,
    shutDown: (reason) => closing.abort(reason),
    play: async (work) => {
      const settled = work.then(
        () => true,
        () => true,
      );
      while (!(await Promise.race([settled, breathe()]))) clock.advance(100);
      return await work;
    },
  };
}

/** Lets every promise that can settle do so. */
export async function breathe(): Promise<false> {
  return await new Promise((resolve) => {
    setImmediate(() => resolve(false));
  });
}
